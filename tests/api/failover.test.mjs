// The first provider of a route refusing, failing and falling silent: a payment goes on elsewhere or is
// adopted, and never are there two charges in the far sides' books.
import assert from 'node:assert/strict';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { kTimeoutMs } from '../support/shop_config.mjs';

const florin = await start_appliance();
const { test, far_sides } = florin;
const shop = florin.as('porto');
// Stripe's intent is made first, and confirming, capturing or canceling it moves the money.
const preparing = { plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents' };
const acting = { plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents/' };

async function attempts_of(id) {
  const { attempts } = await shop.payment(id, 'attempts');
  return attempts.map(({ account, status }) => `${account} ${status}`);
}
async function one_charge_by(account, amount) {
  const charges = await far_sides.charges(amount);
  assert.deepEqual(charges.map((entry) => entry.account), [account]);
}

test('refused connection: the payment goes to the second provider at once', async () => {
  const answer = await shop.pay(3001, { route: 'stripe-gone,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.account, 'stripe-two');
  assert.deepEqual(await attempts_of(answer.json.id), ['stripe-gone failed', 'stripe-two approved']);
  await one_charge_by('stripe-two', 3001);
});

test('503: looked up, nothing found, tried at the second provider', async () => {
  await far_sides.fault({ ...acting, mode: 'status', status: 503, times: 1 });
  const answer = await shop.pay(3002, { route: 'stripe-one,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.account, 'stripe-two');
  assert.deepEqual(await attempts_of(answer.json.id), ['stripe-one failed', 'stripe-two approved']);
  await one_charge_by('stripe-two', 3002);
});

test('silent before acting: its books prove that it has none, tried elsewhere', async () => {
  await far_sides.fault({ ...acting, mode: 'silent_before', delay_ms: 2000, times: 1 });
  const answer = await shop.pay(3003, { route: 'stripe-one,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'succeeded');
  assert.equal(answer.json.account, 'stripe-two');
  await one_charge_by('stripe-two', 3003);
});

test('silent after acting: its books have the charge, which is adopted', async () => {
  await far_sides.fault({ ...acting, mode: 'silent_after', delay_ms: 2000, times: 1 });
  const answer = await shop.pay(3004, { route: 'stripe-one,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'succeeded');
  assert.equal(answer.json.account, 'stripe-one');
  assert.deepEqual(await attempts_of(answer.json.id), ['stripe-one approved']);
  await one_charge_by('stripe-one', 3004);
});

test('silent while the charge was only prepared: nothing was taken, tried elsewhere', async () => {
  await far_sides.fault({ ...preparing, mode: 'silent_after', delay_ms: 2000, times: 1 });
  const answer = await shop.pay(3200, { route: 'stripe-one,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  await one_charge_by('stripe-two', 3200);
});

for (const mode of ['close_before', 'close_after', 'garbage', 'truncated', 'empty']) {
  test(`${mode}: one charge, wherever it is`, async () => {
    await far_sides.fault({ ...acting, mode, times: 1 });
    const amount = 3010 + mode.length * 7 + mode.charCodeAt(0);
    const answer = await shop.pay(amount, { route: 'stripe-one,stripe-two' });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json.status, 'succeeded');
    await one_charge_by(answer.json.account, amount);
  });
}

test('PayPal silent after acting is adopted too', async () => {
  await far_sides.fault({ plugin: 'paypal', method: 'POST', path_prefix: '/v2/checkout/orders', mode: 'silent_after', delay_ms: 2000, times: 1 });
  const answer = await shop.pay(3005, { route: 'wallet,stripe-two' });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'succeeded');
  await one_charge_by(answer.json.account, 3005);
});

test('a capture that is answered by silence after acting is booked once', async () => {
  const { id } = (await shop.pay(3006, { capture_method: 'manual' })).json;
  await far_sides.fault({ ...acting, mode: 'silent_after', delay_ms: 2000, times: 1 });
  const captured = await shop.post(`/payments/${id}/capture`, {});
  assert.equal(captured.status, 200, captured.text);
  assert.equal(captured.json.amount_captured, 3006);
  const taken = (await far_sides.entries('stripe', 3006)).filter(({ kind }) => kind.startsWith('captur'));
  assert.equal(taken.length, 1);
});

test('a refund that is answered by silence after acting is given back once', async () => {
  const { id } = (await shop.pay(3007)).json;
  await far_sides.fault({ plugin: 'stripe', method: 'POST', path_prefix: '/v1/refunds', mode: 'silent_after', delay_ms: 2000, times: 1 });
  const refunded = await shop.post(`/payments/${id}/refund`, {});
  assert.equal(refunded.status, 201, refunded.text);
  assert.equal(refunded.json.status, 'succeeded');
  const back = (await far_sides.entries('stripe', 3007)).filter(({ kind }) => kind.startsWith('refund'));
  assert.equal(back.length, 1);
});

test('a hard decline ends the route: the second provider is not asked', async () => {
  const answer = await shop.pay(3008, { route: 'stripe-one,stripe-two', method: card(cards.poor) });
  assert.equal(answer.status, 402, answer.text);
  assert.deepEqual(await attempts_of(answer.json.error.payment.id), ['stripe-one declined']);
});

test('with every provider gone the payment is answered 502 and can be tried again', async () => {
  const answer = await shop.pay(3009, { route: 'stripe-gone' });
  assert.equal(answer.status, 502, answer.text);
  assert.equal(answer.json.error.type, 'plugin_error');
  assert.equal(answer.json.error.retryable, true);
  assert.equal(answer.json.error.payment.status, 'requires_payment_method');
});

async function killed_while_silent(amount) {
  await far_sides.fault({ ...acting, mode: 'silent_after', delay_ms: 5000, times: 1 });
  const { id } = (await shop.post('/payments/create-intent', { amount, currency: 'EUR', metadata: { route: 'stripe-one' } })).json;
  const lost = shop.post('/payments/confirm', { payment_id: id, payment_method: card() }).catch((error) => error);
  await until('the far side to have the charge', async () => (await far_sides.charges(amount)).length === 1);
  await florin.restart('SIGKILL');
  assert.ok((await lost) instanceof Error);
  return id;
}

// What a dead daemon left is settled so soon after the next one is ready, on either store.
const recovered_within_ms = 3000;

test('kill -9 while the far side is silent: after the restart the charge is adopted', async () => {
  const id = await killed_while_silent(3100);
  await until('the charge to be adopted', async () => (await shop.payment(id)).status === 'succeeded', recovered_within_ms);
  await one_charge_by('stripe-one', 3100);
});

test('kill -9 while nothing had been taken: that is believed only when the request cannot be under way any more', async () => {
  const silenced = async () => (await far_sides.control('GET', '/requests?plugin=stripe')).data.filter(({ fault }) => fault === 'silent_before').length;
  const before = await silenced();
  await far_sides.fault({ ...acting, mode: 'silent_before', delay_ms: 5000, times: 1 });
  const lost = shop.pay(3102, { route: 'stripe-one' }).catch((error) => error);
  await until('the far side to have the request', async () => (await silenced()) > before);
  await florin.end_daemon('SIGKILL');
  const killed = Date.now();
  await lost;
  await florin.start_daemon();
  const payment = await until(
    'the payment to be open again',
    async () => (await shop.get('/payments/history?status=requires_payment_method')).json.data.find(({ amount }) => amount === 3102),
    recovered_within_ms + kTimeoutMs,
  );
  assert.ok(Date.now() - killed >= kTimeoutMs, 'its exchange could have lasted so long');
  assert.equal(payment.last_error.retryable, true);
});

test('kill -9 while the far side is silent: whoever asks again cannot make a second charge', async () => {
  const id = await killed_while_silent(3101);
  const again = await shop.post('/payments/confirm', { payment_id: id, payment_method: card() });
  assert.equal(again.status, 409, again.text);
  await one_charge_by('stripe-one', 3101);
});
