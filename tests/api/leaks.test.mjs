// A card number, security code, key and token that are seen nowhere else are planted in requests, good ones
// and failing ones; afterwards they are looked for in everything that Florin wrote or said.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';

import { start_appliance } from '../support/appliance.mjs';
import { raw, until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');

// Passes its check digit and is on nobody's list of test cards.
const kNumber = '4539578763621486';
const kCvc = '7391';
const kKey = 'sk_test_canary0Zq8Lr5Tw3Nv9Xb2';
const kProviderToken = 'pm_canary7Yh4Kd6Fs1Gj0Mc';
const kBadNumber = '4539578763621487';

const spaced = (text) => text.replace(/(....)(?=.)/g, '$1 ');
const card = (number = kNumber) => ({ type: 'card', card: { number, exp_month: 12, exp_year: 2034, cvc: kCvc } });

// As it is, as base64 has it at each of the three offsets, as hex, and as URLs and forms spell it.
function disguises(text) {
  const bytes = Buffer.from(text);
  const all = [text, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), [...bytes].map((one) => `%${one.toString(16)}`).join('')];
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The characters that the neighbours' bits are in are left out.
    const inner = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    all.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return all;
}
// A security code's four digits are found in any larger number by chance: it is looked for as a value.
const needles = [
  ...[kNumber, spaced(kNumber), kBadNumber, kKey, kProviderToken].flatMap(disguises),
  ...[`"${kCvc}"`, `cvc=${kCvc}`, `cvc%5D=${kCvc}`, `cvc]=${kCvc}`, `security_code":"${kCvc}`],
];

const receiver = await WebhookReceiver.open();
after(() => receiver.close());
await shop.post('/webhook-endpoints', { url: receiver.url });
const said = [];
const feed = florin.live('merchant/porto');
await feed.subscribe('sk_test_porto');

async function hear(answer) {
  const { status, headers, text } = await answer;
  said.push(JSON.stringify(headers) + text);
  return { status, text, json: JSON.parse(text) };
}

test('requests with the canaries are answered, the good and the failing', async () => {
  for (const route of ['stripe-one', 'wallet', 'bench', 'stripe-gone,stripe-two'])
    assert.equal((await hear(shop.pay(9001, { route, method: card() }))).status, 201);
  assert.equal((await hear(shop.pay(9002, { method: card(spaced(kNumber)) }))).status, 201);
  const token = await hear(shop.post('/tokens', { card: card().card }));
  assert.equal(token.status, 201);
  await hear(shop.pay(9003, { method: { type: 'card', token: token.json.id } }));
  await hear(shop.pay(9004, { method: card(), confirm: false }));
  await hear(shop.pay(9005, { method: card(kBadNumber) }));
  const saved = await hear(shop.post('/payment-methods', { card: { ...card().card, holder: 'Ana' }, customer: { email: 'ana@example.com' } }));
  assert.equal(saved.status, 201);
  assert.equal((await hear(shop.pay(9011, { method: saved.json.id }))).status, 201);
  const by_token = await hear(shop.post('/payment-methods', { token: (await hear(shop.post('/tokens', { card: card().card }))).json.id }));
  assert.equal(by_token.status, 201);
  await hear(shop.post(`/payment-methods/${by_token.json.id}/attach`, { customer: saved.json.customer }));
  const kept = await hear(shop.pay(9012, { method: card(), setup_future_usage: 'off_session' }));
  assert.equal(kept.status, 201);
  await hear(shop.post(`/payment-methods/${kept.json.payment_method.id}/detach`));
  await hear(shop.post('/payment-methods', { card: card(kBadNumber).card }));
  await hear(shop.post('/payment-methods', { card: { ...card().card, exp_year: 1999 } }));
  await hear(shop.post('/payment-methods', { card: card().card, metadata: { card: card().card } }));
  await hear(shop.post('/payment-methods', { token: kProviderToken }));
  for (const id of [saved.json.id, kept.json.payment_method.id]) await hear(shop.get(`/payment-methods/${id}`));
  await hear(shop.get('/payment-methods?limit=100'));
  await hear(shop.pay(9006, { method: { type: 'card', card: { ...card().card, exp_year: 1999 } } }));
  await hear(shop.pay(9007, { method: { ...card(), unknown: kNumber } }));
  await hear(shop.post('/payments', `{"amount":9008,"payment_method":{"card":{"number":"${kNumber}","cvc":"${kCvc}"`));
  await hear(shop.pay(9009, { method: card(), capture_method: kNumber }));
  await hear(shop.pay(9010, { method: { type: 'card', token: kProviderToken } }));
  await hear(florin.as('porto').call('GET', `/api/v1/payments/history?query=${kNumber}`));
  await hear(shop.get('/payments/history', { Authorization: `Bearer ${kKey}` }));
  await hear(shop.get('/payments/history', { Authorization: `Basic ${Buffer.from(`${kKey}:`).toString('base64')}` }));
  said.push(await raw(florin.port, `POST /api/v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${kKey}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${kNumber}`));
});

test('provider faults with the canaries in flight are answered', async () => {
  for (const mode of ['garbage', 'truncated', 'empty', 'close_after', 'status']) {
    await florin.far_sides.fault({ mode, times: 2 });
    await hear(shop.pay(9020, { route: 'stripe-one,wallet', method: card() }));
    await florin.far_sides.heal();
  }
});

test('a socket with the canary key is refused', async () => {
  const no = florin.live('merchant/porto');
  no.subscribe(kKey).catch(() => {});
  await until('the socket to be closed', () => no.closed);
  said.push(JSON.stringify(no.heard));
});

test('the canaries are nowhere in answers, events, webhooks and exchange logs', async () => {
  for (let more = true, starting_after = ''; more; ) {
    const page = (await shop.get(`/payments/history?limit=100${starting_after}`)).json;
    for (const { id } of page.data)
      said.push((await shop.get(`/payments/${id}?expand[]=attempts,routing,risk,refunds,events,ledger`)).text);
    more = page.has_more;
    starting_after = `&starting_after=${page.data.at(-1).id}`;
  }
  assert.match(said.join(), /"exchanges":\[\{/);
  await until('the webhooks', () => receiver.received.length > 10);
  const everything = [...said, JSON.stringify(feed.heard), ...receiver.received.map(({ headers, body }) => JSON.stringify(headers) + body)].join('\n');
  // Proof that the search can find: what is shown of a card is there.
  assert.ok(everything.includes(kNumber.slice(-4)));
  for (const needle of needles) assert.ok(!everything.includes(needle), `${needle} was said`);
});

test('the canaries are nowhere in the log, at level debug', () => {
  assert.ok(florin.log.length > 0, 'the log is there to be searched');
  for (const needle of needles) assert.ok(!florin.log.includes(needle), `${needle} is in the log`);
});

test('the canaries are nowhere in the database', async () => {
  const searched = [];
  if (florin.store.url.startsWith('sqlite:')) {
    const folder = path.dirname(florin.store.url.slice('sqlite:'.length));
    for (const name of fs.readdirSync(folder).filter((one) => one.startsWith('florin.db')))
      searched.push([name, fs.readFileSync(path.join(folder, name))]);
    assert.ok(searched.some(([name]) => name.endsWith('-wal')), 'the write-ahead log is searched too');
  } else {
    searched.push(['dump', execFileSync('pg_dump', [florin.store.url], { maxBuffer: 1 << 28 })]);
  }
  for (const [name, bytes] of searched) {
    const text = bytes.toString('latin1');
    for (const needle of needles) assert.ok(!text.includes(needle), `${needle} is in ${name}`);
  }
  assert.ok(searched.some(([, bytes]) => bytes.includes('succeeded')), 'the payments are in what was searched');
});

test('after a restart the token of a card whose security code is gone says so', async () => {
  const token = (await shop.post('/tokens', { card: card().card })).json.id;
  await florin.restart('SIGTERM');
  const answer = await shop.pay(9030, { method: { type: 'card', token } });
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.json.error.code, 'token_expired');
});
