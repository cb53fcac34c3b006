// The operator's hand on keys: API keys with scopes, rotated and revoked, and the vault's own key changed until
// the old one is needed no more.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';

import { Webhook } from 'standardwebhooks';

import { ApiClient, card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');
const made = (...options) => JSON.parse(florin.cli('--json', 'key', ...options));
const with_key = ({ key }) => new ApiClient(florin, key);
const is_refused = (...command) =>
  assert.throws(() => florin.cli('key', ...command), ({ status, stderr }) => status === 2 && stderr.length > 0, command.join(' '));

test('a key does what its scopes say and nothing else', async () => {
  const reader = made('create', '--merchant', 'porto', '--scope', 'payments:read', '--scope', 'ledger:*');
  const client = with_key(reader);
  assert.equal((await client.get('/payments/history')).status, 200);
  assert.equal((await client.get('/ledger/balances')).status, 200);
  const denied = await client.pay(9300);
  assert.equal(denied.status, 403, denied.text);
  assert.equal(denied.json.error.code, 'insufficient_scope');
});

test('a key without payments:read opens no payment’s live topic', async () => {
  const { json } = await shop.pay(9301);
  const narrow = florin.live(`payments/${json.id}`);
  await narrow.opened;
  narrow.send({ type: 'auth', token: made('create', '--merchant', 'porto', '--scope', 'webhooks:write').key });
  await assert.rejects(narrow.message((one) => one.type === 'authenticated' || one.type === 'subscribed'), /closed with 4401/);
  const wide = florin.live(`payments/${json.id}`);
  await wide.subscribe(made('create', '--merchant', 'porto', '--scope', 'payments:read').key);
  wide.close();
});

test('a kind, a scope or a merchant that is none is refused, not guessed', () => {
  is_refused('create', '--merchant', 'porto', '--kind', 'publishabel');
  is_refused('create', '--merchant', 'porto', '--scope', 'payment:write');
  is_refused('create', '--merchant', 'nobody');
  is_refused('create', '--merchant', 'porto', '--kind', 'admin');
});

test('while a key is rotated both work; with no overlap the old one ends at once', async () => {
  const first = made('create', '--merchant', 'porto', '--scope', 'payments:read');
  const second = made('rotate', first.id, '--merchant', 'porto');
  for (const key of [first, second]) assert.equal((await with_key(key).get('/payments/history')).status, 200);
  assert.equal((await with_key(second).pay(9302)).status, 403, 'the new one has the scopes of the old one');
  const third = made('rotate', second.id, '--merchant', 'porto', '--overlap-hours', '0');
  assert.equal((await with_key(second).get('/payments/history')).status, 401);
  assert.equal((await with_key(third).get('/payments/history')).status, 200);
  is_refused('rotate', first.id, '--merchant', 'oslo');
});

test('keys are listed with when they end, and never shown again', () => {
  const kept = made('create', '--merchant', 'oslo', '--days', '30');
  const operator = made('create', '--kind', 'admin');
  assert.equal(florin.cli('key', 'revoke', operator.id), 'revoked\n');
  const text = florin.cli('--json', 'key', 'list');
  const find = (id) => JSON.parse(text).find((one) => one.id === id);
  assert.equal(find(kept.id).merchant, 'oslo');
  assert.ok(Date.parse(find(kept.id).expires) > Date.now() + 29 * 86_400_000);
  assert.ok(find(operator.id).revoked);
  for (const { key } of [kept, operator]) assert.ok(!text.includes(key));
  assert.ok(!florin.cli('key', 'list', '--merchant', 'oslo').includes(operator.id));
});

test('after florin vault rotate what is at rest opens without the old vault key', async () => {
  const receiver = await WebhookReceiver.open();
  after(() => receiver.close());
  const endpoint = (await shop.post('/webhook-endpoints', { url: receiver.url, events: ['payment.succeeded'] })).json;
  const method = (await shop.post('/payment-methods', { card: card().card })).json;
  const [old_key] = ['store/vault.key', 'vault.key', 'var/vault.key'].map((name) => path.join(florin.directory, name)).filter(fs.existsSync);
  const new_key = path.join(florin.directory, 'new.key');
  fs.writeFileSync(new_key, crypto.randomBytes(32).toString('base64'), { mode: 0o600 });
  const file = path.join(florin.config, 'florin.yaml');
  const before = fs.readFileSync(file, 'utf8');
  const now = `${before}vault:\n  key: "file:${new_key}"\n  key_id: "2026-11"\n`;
  fs.writeFileSync(file, `${now}  old_keys: { "1": "file:${old_key}" }\n`);
  assert.equal(await florin.restart(), 0);
  const rotate = () => JSON.parse(florin.cli('--json', 'vault', 'rotate'));
  const { anew, broken } = rotate();
  assert.ok(anew >= 2, `${anew} were sealed anew`);
  assert.deepEqual(broken, []);
  assert.equal(rotate().anew, 0);

  fs.writeFileSync(file, now);
  assert.equal(await florin.restart(), 0);
  const paid = await shop.pay(9303, { method: { type: 'card', id: method.id } });
  assert.equal(paid.json.status, 'succeeded', paid.text);
  const told = await receiver.delivery('payment.succeeded', paid.json.id);
  assert.equal(new Webhook(endpoint.secret).verify(told.body, told.headers).type, 'payment.succeeded');
});
