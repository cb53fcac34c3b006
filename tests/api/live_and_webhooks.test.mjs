// What merchants are told: events over WebSocket, held by npm's ws, and signed webhooks, verified by npm's
// standardwebhooks.
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { Webhook } from 'standardwebhooks';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const configured = await WebhookReceiver.open();
const kConfiguredSecret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
const florin = await start_appliance({
  webhooks: `webhooks:\n  - { url: "${configured.url}", events: [payment.succeeded], secret: ${kConfiguredSecret} }`,
});
const { test } = florin;
const shop = florin.as('porto');
const kKey = 'sk_test_porto';

async function endpoint(settings = {}) {
  const receiver = await WebhookReceiver.open();
  after(() => receiver.close());
  const made = await shop.post('/webhook-endpoints', { url: receiver.url, ...settings });
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.secret, /^whsec_/);
  return { receiver, ...made.json };
}

test('a payment is heard on the merchant topic and comes as a signed webhook', async () => {
  const feed = florin.live('merchant/porto');
  await feed.subscribe(kKey);
  const { receiver, secret } = await endpoint();
  const paid = await shop.pay(5001);
  assert.equal(paid.status, 201, paid.text);
  const heard = await feed.event('payment.succeeded', paid.json.id);
  assert.equal(heard.event.data.object.amount, 5001);
  const delivery = await receiver.delivery('payment.succeeded', paid.json.id);
  const verified = new Webhook(secret).verify(delivery.body, delivery.headers);
  assert.equal(verified.id, heard.event.id);
  assert.equal(delivery.headers['webhook-id'], heard.event.id);
  assert.throws(() => new Webhook(secret).verify(delivery.body.replace('5001', '5002'), delivery.headers));
  assert.throws(() => new Webhook(kConfiguredSecret).verify(delivery.body, delivery.headers));
  feed.close();
});

test('an endpoint of the configuration is told only what it asked for', async () => {
  const { id } = (await shop.pay(5002)).json;
  const delivery = await configured.delivery('payment.succeeded', id);
  new Webhook(kConfiguredSecret).verify(delivery.body, delivery.headers);
  assert.deepEqual(configured.received.filter(({ event }) => event.type !== 'payment.succeeded'), []);
});

test('since: what was missed comes once, in order, and goes over into what happens now', async () => {
  const first = florin.live('merchant/porto');
  const { seq } = await first.subscribe(kKey, ['*']);
  first.close();
  await Promise.all([5010, 5011, 5012].map((amount) => shop.pay(amount)));
  const again = florin.live('merchant/porto');
  const subscribing = again.subscribe(kKey, ['*'], seq);
  const during = await Promise.all([5013, 5014, 5015].map((amount) => shop.pay(amount)));
  await subscribing;
  const { id } = (await shop.pay(5016)).json;
  for (const { json } of during) await again.event('payment.succeeded', json.id);
  const last = await again.event('payment.succeeded', id);
  assert.deepEqual(again.seqs.filter((one) => one <= last.seq), Array.from({ length: last.seq - seq }, (_, i) => seq + 1 + i));
  again.close();
});

test('a client secret opens its own payment and nothing else', async () => {
  const intent = (await shop.post('/payments/create-intent', { amount: 5020, currency: 'EUR' })).json;
  const other = (await shop.post('/payments/create-intent', { amount: 5021, currency: 'EUR' })).json;
  const mine = florin.live(`payments/${intent.id}`);
  await mine.subscribe(intent.client_secret);
  await shop.post(`/payments/${other.id}/cancel`, {});
  await shop.post(`/payments/${intent.id}/cancel`, {});
  await mine.event('payment.canceled', intent.id);
  assert.ok(mine.heard.every((one) => one.type !== 'event' || one.event.data.object.id === intent.id));
  mine.close();
  for (const topic of [`payments/${other.id}`, 'merchant/porto', 'admin/all']) {
    const no = florin.live(topic);
    no.subscribe(intent.client_secret).catch(() => {});
    assert.equal(await until(`${topic} to be closed`, () => no.closed), 4401);
  }
});

test('a key of another merchant, and a publishable one, do not open the merchant topic', async () => {
  for (const token of ['sk_test_oslo', 'pk_test_porto', 'sk_test_nobody']) {
    const no = florin.live('merchant/porto');
    no.subscribe(token).catch(() => {});
    assert.equal(await until('the socket to be closed', () => no.closed), 4401);
  }
});

test('endpoints are made, listed, shown, changed and removed', async () => {
  const { receiver, id } = await endpoint({ events: ['refund.*'], description: 'refunds' });
  assert.ok((await shop.get('/webhook-endpoints')).json.data.some((one) => one.id === id));
  const shown = (await shop.get(`/webhook-endpoints/${id}`)).json;
  assert.deepEqual(shown.events, ['refund.*']);
  assert.equal(shown.secret, undefined);
  const paid = (await shop.pay(5030)).json;
  const refund = (await shop.post(`/payments/${paid.id}/refund`, { amount: 30 })).json;
  await receiver.delivery('refund.succeeded', refund.id);
  assert.ok(receiver.received.every(({ event }) => event.type.startsWith('refund.')));
  const changed = await shop.post(`/webhook-endpoints/${id}`, { enabled: false });
  assert.equal(changed.json.status, 'disabled', changed.text);
  assert.equal((await shop.delete(`/webhook-endpoints/${id}`)).json.deleted, true);
  assert.equal((await shop.get(`/webhook-endpoints/${id}`)).status, 404);
});

test('after a rotation both secrets sign', async () => {
  const { receiver, id, secret } = await endpoint();
  const rotated = await shop.post(`/webhook-endpoints/${id}/rotate-secret`);
  assert.equal(rotated.status, 200, rotated.text);
  assert.notEqual(rotated.json.secret, secret);
  const paid = (await shop.pay(5040)).json;
  const { body, headers } = await receiver.delivery('payment.succeeded', paid.id);
  assert.equal(headers['webhook-signature'].split(' ').length, 2);
  new Webhook(secret).verify(body, headers);
  new Webhook(rotated.json.secret).verify(body, headers);
});

test('deliveries are logged and can be sent again, with the same webhook-id', async () => {
  const { receiver, id } = await endpoint({ events: ['payment.succeeded'] });
  const paid = (await shop.pay(5050)).json;
  const first = await receiver.delivery('payment.succeeded', paid.id);
  const logged = await until('the delivery in the log', async () => {
    const { data } = (await shop.get(`/webhook-deliveries?endpoint=${id}`)).json;
    return data.length === 1 && data[0].status === 'delivered' && data[0];
  });
  assert.equal(logged.http_status, 200);
  const again = await shop.post(`/webhook-deliveries/${logged.id}/redeliver`);
  assert.equal(again.status, 202, again.text);
  await until('the second delivery', () => receiver.received.length === 2);
  assert.equal(receiver.received[1].headers['webhook-id'], first.headers['webhook-id']);
});

test('a delivery that is refused is tried again, and no sooner because of a short Retry-After', async () => {
  const { receiver } = await endpoint({ events: ['payment.succeeded'] });
  const { receiver: hasty } = await endpoint({ events: ['payment.succeeded'] });
  hasty.headers = { 'Retry-After': '1' };
  for (const one of [receiver, hasty]) one.status = 503;
  const paid = (await shop.pay(5061)).json;
  for (const one of [receiver, hasty]) await one.delivery('payment.succeeded', paid.id);
  for (const one of [receiver, hasty]) one.status = 200;
  await until('both second tries, after some five seconds', () => [receiver, hasty].every(({ received }) => received.length === 2), 20_000);
  const [first, second] = hasty.received;
  assert.ok(second.at - first.at >= 3900, `${second.at - first.at} ms: five seconds and a fifth less at the least`);
});

test('410 disables the endpoint', async () => {
  const { receiver, id } = await endpoint({ events: ['payment.succeeded'] });
  receiver.status = 410;
  await shop.pay(5060);
  await until('the endpoint to be disabled', async () => (await shop.get(`/webhook-endpoints/${id}`)).json.status === 'disabled');
});

test('what was not delivered before kill -9 is delivered after the restart', async () => {
  const { receiver } = await endpoint({ events: ['payment.succeeded'] });
  const paid = await Promise.all([5070, 5071, 5072, 5073].map((amount) => shop.pay(amount)));
  await florin.restart('SIGKILL');
  for (const { json } of paid) await receiver.delivery('payment.succeeded', json.id);
});
