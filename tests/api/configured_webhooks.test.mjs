// Endpoints that a merchant's YAML names: told from the reload on, and disabled for good when they say 410.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');
const file = path.join(florin.config, 'merchants', 'porto.yaml');
const bare = fs.readFileSync(file, 'utf8');
const kSecret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');

// From here on these are porto's endpoints, by reload.
function configure(...receivers) {
  const entries = receivers.map(({ url }) => `  - { url: "${url}", events: [payment.succeeded], secret: ${kSecret} }\n`);
  fs.writeFileSync(file, `${bare}webhooks:\n${entries.join('')}`);
  florin.cli('reload');
}
async function receiver(status = 200) {
  const made = Object.assign(await WebhookReceiver.open(), { status });
  after(() => made.close());
  return made;
}

test('an endpoint is told of what happens after the reload that brought it has answered', async () => {
  const told = await receiver();
  assert.equal((await shop.pay(5100)).status, 201);
  configure(told);
  const paid = (await shop.pay(5101)).json;
  await told.delivery('payment.succeeded', paid.id);
});

const listed = async (url) => (await shop.get('/webhook-endpoints')).json.data.find((one) => one.url === url);
const deliveries = async (id) => (await shop.get(`/webhook-deliveries?endpoint=${id}`)).json.data;

test('410 disables it, with what still waits for it, over restarts and reloads, until somebody enables it', async () => {
  const gone = await receiver(503);
  const other = await receiver();
  configure(gone, other);
  const { id, source, status } = await listed(gone.url);
  assert.deepEqual({ source, status }, { source: 'configuration', status: 'enabled' });
  const waiting = (await shop.pay(5110)).json;
  await gone.delivery('payment.succeeded', waiting.id);
  gone.status = 410;
  await shop.pay(5111);
  await until('it to be disabled', async () => (await listed(gone.url)).status === 'disabled');
  assert.equal((await listed(gone.url)).reason, 'it answered 410 Gone');
  assert.equal((await listed(other.url)).status, 'enabled');
  const failed = await until('the waiting delivery to fail', async () => {
    const all = await deliveries(id);
    return all.length === 2 && all.every((one) => one.status === 'failed') && all;
  }, 20_000);
  assert.equal(failed.find((one) => one.attempts === 2).error, 'this endpoint is disabled: it answered 410 Gone');

  gone.status = 200;
  await florin.restart('SIGKILL');
  configure(gone, other);
  const unheard = (await shop.pay(5112)).json;
  await other.delivery('payment.succeeded', unheard.id);
  assert.equal((await shop.get(`/webhook-endpoints/${id}`)).json.status, 'disabled');
  assert.equal((await deliveries(id)).length, 2);

  const enabled = await shop.post(`/webhook-endpoints/${id}`, { enabled: true });
  assert.equal(enabled.status, 200, enabled.text);
  assert.deepEqual([enabled.json.status, enabled.json.reason], ['enabled', null]);
  await gone.delivery('payment.succeeded', (await shop.pay(5113)).json.id);
  assert.equal((await shop.post(`/webhook-deliveries/${failed[0].id}/redeliver`)).status, 202);
  await until('the missed one, sent again', () => gone.received.filter(({ headers }) => headers['webhook-id'] === failed[0].event).length === 2);
});

test('all else about it is YAML’s to say, and other merchants know nothing of it', async () => {
  const mine = await receiver();
  configure(mine);
  const { id } = await listed(mine.url);
  for (const change of [
    () => shop.post(`/webhook-endpoints/${id}`, { url: mine.url }),
    () => shop.post(`/webhook-endpoints/${id}/rotate-secret`),
    () => shop.delete(`/webhook-endpoints/${id}`),
  ]) {
    const answer = await change();
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.json.error.code, 'endpoint_configured');
  }
  const oslo = florin.as('oslo');
  assert.equal((await oslo.get(`/webhook-endpoints/${id}`)).status, 404);
  assert.equal((await oslo.post(`/webhook-endpoints/${id}`, { enabled: false })).status, 404);
  assert.equal((await listed(mine.url)).status, 'enabled');
});
