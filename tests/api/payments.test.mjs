// A payment in one call, in two steps, declined, repeated, canceled, and by token.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');
const browser = florin.as('porto', 'pk');

test('one call takes a payment and the far side has it once', async () => {
  const answer = await shop.pay(1111, { customer: { email: 'Ana@example.com' }, description: 'a book' });
  assert.equal(answer.status, 201, answer.text);
  const payment = answer.json;
  assert.equal(payment.status, 'succeeded');
  assert.equal(payment.amount_captured, 1111);
  assert.equal(payment.account, 'stripe-one');
  assert.equal(payment.payment_method.card.last4, '4242');
  assert.equal(payment.customer.email, 'ana@example.com');
  assert.ok(payment.client_secret.startsWith(payment.id));
  assert.equal((await florin.far_sides.charges(1111)).length, 1);
});

test('a declined card is answered 402 with its decline_code and the payment to try again', async () => {
  const answer = await shop.pay(1112, { method: card(cards.poor) });
  assert.equal(answer.status, 402, answer.text);
  const { error } = answer.json;
  assert.equal(error.type, 'card_error');
  assert.equal(error.decline_code, 'insufficient_funds');
  assert.equal(error.payment.status, 'requires_payment_method');
  const again = await shop.post('/payments/confirm', { payment_id: error.payment.id, payment_method: card() });
  assert.equal(again.status, 200, again.text);
  assert.equal(again.json.status, 'succeeded');
});

test('the same key and body get the same bytes, marked as a replay', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const first = await shop.pay(1113, { headers });
  const second = await shop.pay(1113, { headers });
  assert.equal(first.status, 201, first.text);
  assert.equal(second.status, 201);
  assert.equal(second.text, first.text);
  assert.equal(first.headers['idempotent-replayed'], undefined);
  assert.equal(second.headers['idempotent-replayed'], 'true');
  assert.equal((await florin.far_sides.charges(1113)).length, 1);
});

test('a decline is replayed with the same bytes too', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const first = await shop.pay(1114, { headers, method: card(cards.poor) });
  const second = await shop.pay(1114, { headers, method: card(cards.poor) });
  assert.equal(second.status, 402);
  assert.equal(second.headers['idempotent-replayed'], 'true');
  const without_id = ({ json }) => ({ ...json.error, request_id: undefined });
  assert.deepEqual(without_id(second), without_id(first));
});

test('the same key with another body is answered 422', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  assert.equal((await shop.pay(1115, { headers })).status, 201);
  const other = await shop.pay(1116, { headers });
  assert.equal(other.status, 422, other.text);
  assert.equal(other.json.error.type, 'idempotency_error');
  assert.equal((await florin.far_sides.charges(1116)).length, 0);
});

test('ten twins at once make one charge; the others get 409 or the replay', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const answers = await Promise.all(Array.from({ length: 10 }, () => shop.pay(1117, { headers })));
  const created = answers.filter(({ status, headers: got }) => status === 201 && !got['idempotent-replayed']);
  assert.equal(created.length, 1);
  for (const { status, text } of answers) assert.ok([201, 409].includes(status), text);
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id));
  assert.equal(ids.size, 1);
  assert.equal((await florin.far_sides.charges(1117)).length, 1);
});

test('two keys of two merchants may be the same text', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const one = await shop.pay(1118, { headers });
  const other = await florin.as('oslo').pay(1118, { headers });
  assert.equal(other.status, 201, other.text);
  assert.notEqual(one.json.id, other.json.id);
});

test('the two-step form: prepared, then confirmed with a card', async () => {
  const intent = await shop.post('/payments/create-intent', { amount: 1120, currency: 'eur', metadata: { route: 'stripe-two' } });
  assert.equal(intent.status, 201, intent.text);
  assert.equal(intent.json.status, 'requires_payment_method');
  assert.equal((await florin.far_sides.charges(1120)).length, 0);
  const done = await shop.post('/payments/confirm', { payment_id: intent.json.id, payment_method: card() });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json.status, 'succeeded');
  assert.equal(done.json.account, 'stripe-two');
});

test('a payment prepared with its card is confirmed by its id alone', async () => {
  const intent = await shop.post('/payments/create-intent', { amount: 1121, currency: 'EUR', payment_method: card() });
  assert.equal(intent.json.status, 'requires_confirmation', intent.text);
  const done = await shop.post('/payments/confirm', { payment_id: intent.json.id });
  assert.equal(done.json.status, 'succeeded', done.text);
});

test('a method given at confirmation takes the place of the card that was put aside', async () => {
  const intent = await shop.post('/payments/create-intent', { amount: 1132, currency: 'EUR', payment_method: card(cards.poor), metadata: { route: 'till' } });
  const done = await shop.post('/payments/confirm', { payment_id: intent.json.id, payment_method: { type: 'cash' } });
  assert.equal(done.json.status, 'succeeded', done.text);
  assert.deepEqual(done.json.payment_method, { type: 'cash' });
});

test('a browser confirms with the publishable key and the client_secret, and not without it', async () => {
  const intent = await shop.post('/payments/create-intent', { amount: 1122, currency: 'EUR' });
  const { id: payment_id, client_secret } = intent.json;
  const bare = await browser.post('/payments/confirm', { payment_id, payment_method: card() });
  assert.equal(bare.status, 404, bare.text);
  const wrong = await browser.post('/payments/confirm', { payment_id, client_secret: client_secret.slice(0, -1) + '0x', payment_method: card() });
  assert.equal(wrong.status, 404, wrong.text);
  const done = await browser.post('/payments/confirm', { payment_id, client_secret, payment_method: card() });
  assert.equal(done.json.status, 'succeeded', done.text);
});

test('a publishable key takes no payment and reads none', async () => {
  assert.equal((await browser.pay(1123)).status, 403);
  assert.equal((await browser.get('/payments/history')).status, 403);
});

test('no key, and a key that nobody has, are answered 401', async () => {
  assert.equal((await florin.nobody().pay(1124)).status, 401);
  assert.equal((await florin.as('nobody').pay(1124)).status, 401);
});

test('a canceled authorization is given back at the far side', async () => {
  const payment = (await shop.pay(1125, { capture_method: 'manual' })).json;
  assert.equal(payment.status, 'requires_capture');
  const canceled = await shop.post(`/payments/${payment.id}/cancel`, { reason: 'out of stock' });
  assert.equal(canceled.status, 200, canceled.text);
  assert.equal(canceled.json.status, 'canceled');
  const entries = await florin.far_sides.entries('stripe', 1125);
  assert.equal(entries.filter(({ kind }) => kind.startsWith('void')).length, 1, JSON.stringify(entries));
  assert.equal((await shop.post(`/payments/${payment.id}/capture`, {})).status, 409);
});

test('a prepared payment is canceled without asking anybody', async () => {
  const intent = (await shop.post('/payments/create-intent', { amount: 1126, currency: 'EUR' })).json;
  assert.equal((await shop.post(`/payments/${intent.id}/cancel`, {})).json.status, 'canceled');
  const confirm = await shop.post('/payments/confirm', { payment_id: intent.id, payment_method: card() });
  assert.equal(confirm.status, 409, confirm.text);
});

test('a token from the browser pays once', async () => {
  const made = await browser.post('/tokens', { card: card().card });
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.id, /^tok_/);
  assert.equal(made.json.card.last4, '4242');
  const method = { type: 'card', token: made.json.id };
  const paid = await shop.pay(1127, { method });
  assert.equal(paid.status, 201, paid.text);
  assert.equal(paid.json.payment_method.card.last4, '4242');
  const twice = await shop.pay(1128, { method });
  assert.ok(twice.status === 409 || twice.status === 400, twice.text);
  assert.equal(twice.json.error.code, 'token_already_used');
  assert.equal((await florin.far_sides.charges(1128)).length, 0);
});

test('two payments with one token at once: one wins', async () => {
  const token = (await browser.post('/tokens', { card: card().card })).json.id;
  const method = { type: 'card', token };
  const answers = await Promise.all([shop.pay(1129, { method }), shop.pay(1129, { method })]);
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal((await florin.far_sides.charges(1129)).length, 1);
});

test('cash is recorded as paid, with nobody asked', async () => {
  const paid = await shop.pay(1130, { route: 'till', method: { type: 'cash' } });
  assert.equal(paid.status, 201, paid.text);
  assert.equal(paid.json.status, 'succeeded');
  assert.equal(paid.json.provider, 'cash');
});

for (const [what, change, code] of [
  ['an amount of none', { amount: 0 }, undefined],
  ['an amount with a fraction', { amount: 12.5 }, undefined],
  ['a currency that is none', { currency: 'XYZ' }, 'unknown_currency'],
  ['a card number that fails its check digit', { payment_method: card('4242424242424241') }, 'incorrect_number'],
  ['a field that does not exist', { amuont: 5 }, 'parameter_unknown'],
  ['line items above the amount', { line_items: [{ name: 'tea', unit_amount: 5000 }] }, 'line_items_exceed_amount'],
]) {
  test(`${what} is answered 400 and names its field`, async () => {
    const answer = await shop.post('/payments', { amount: 1131, currency: 'EUR', payment_method: card(), ...change });
    assert.equal(answer.status, 400, answer.text);
    assert.ok(answer.json.error.param, answer.text);
    if (code) assert.equal(answer.json.error.code, code);
  });
}

test("a token that the provider does not know is the caller's fault and named", async () => {
  const answer = await shop.pay(1190, { method: { type: 'card', token: 'pm_nobody_knows_this' } });
  assert.equal(answer.status, 400, answer.text);
  const { error } = answer.json;
  assert.equal(error.type, 'invalid_request_error');
  assert.equal(error.param, 'payment_method');
  assert.equal(error.retryable, false);
  assert.ok(!error.message.includes('pm_nobody_knows_this'));
  assert.equal(error.payment.status, 'requires_payment_method', 'another method may be tried');
  const elsewhere = await shop.pay(1191, { method: { type: 'card', token: 'pm_nobody_knows_this' }, route: 'stripe-one,bench' });
  assert.equal(elsewhere.status, 201, 'an account that does know it is still asked');
});
