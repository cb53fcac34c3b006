// What only the payer can do: PayPal's approval page and a 3-D Secure challenge, on the sandboxes' pages.
import assert from 'node:assert/strict';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { request } from '../support/http.mjs';

const florin = await start_appliance();
const { test, far_sides } = florin;
const shop = florin.as('porto');
const kShop = 'https://shop.example/thanks?cart=7';
const by_paypal = { route: 'wallet', method: { type: 'paypal' }, return_url: kShop };
const by_challenge = { method: card(cards.challenged), return_url: kShop };

test('PayPal: approved on its page, the payer comes back by our return address and the payment has succeeded', async () => {
  // Without webhooks it is the return alone that moves the payment.
  await far_sides.fault({ plugin: 'paypal', mode: 'drop_webhooks' });
  const waiting = await shop.pay(4001, by_paypal);
  assert.equal(waiting.status, 201, waiting.text);
  assert.equal(waiting.json.status, 'requires_action');
  assert.equal(waiting.json.next_action.type, 'redirect');
  const back = await far_sides.payer(waiting.json.next_action.url, 'approve');
  const returned = await request('GET', back);
  assert.equal(returned.status, 303, returned.text);
  const shop_page = new URL(returned.headers.location);
  assert.equal(shop_page.origin, 'https://shop.example');
  assert.equal(shop_page.searchParams.get('cart'), '7');
  assert.equal(shop_page.searchParams.get('payment'), waiting.json.id);
  assert.equal(shop_page.searchParams.get('status'), 'succeeded');
  assert.equal((await shop.payment(waiting.json.id)).amount_captured, 4001);
});

test('PayPal: approved, and the webhook alone moves the payment', async () => {
  const { id, next_action } = (await shop.pay(4002, by_paypal)).json;
  await far_sides.payer(next_action.url, 'approve');
  await shop.payment_becomes(id, 'succeeded');
  assert.equal((await far_sides.entries('paypal', 4002)).filter(({ kind }) => kind.startsWith('captur')).length, 1);
});

test('PayPal: return and webhook together take the money once', async () => {
  const { id, next_action } = (await shop.pay(4003, by_paypal)).json;
  const back = await far_sides.payer(next_action.url, 'approve');
  await Promise.all([request('GET', back), request('GET', back)]);
  await shop.payment_becomes(id, 'succeeded');
  await far_sides.webhooks_delivered();
  assert.equal((await far_sides.entries('paypal', 4003)).filter(({ kind }) => kind.startsWith('captur')).length, 1);
});

test('PayPal: not approved, the payment still waits', async () => {
  const { id, next_action } = (await shop.pay(4004, by_paypal)).json;
  await request('GET', await far_sides.payer(next_action.url, 'cancel'));
  assert.notEqual((await shop.payment(id)).status, 'succeeded');
  assert.equal((await far_sides.entries('paypal', 4004)).filter(({ kind }) => kind.startsWith('captur')).length, 0);
});

test('3-D Secure: passed, the payment succeeds when the payer is back', async () => {
  await far_sides.fault({ plugin: 'stripe', mode: 'drop_webhooks' });
  const { id, status, next_action } = (await shop.pay(4005, by_challenge)).json;
  assert.equal(status, 'requires_action');
  const back = await far_sides.payer(next_action.url, 'approve');
  const returned = await request('GET', back);
  assert.equal(returned.status, 303, returned.text);
  assert.equal((await shop.payment(id)).status, 'succeeded');
});

test('3-D Secure: failed, the payment is declined and can be tried with another card', async () => {
  const { id, next_action } = (await shop.pay(4006, by_challenge)).json;
  const back = await far_sides.payer(next_action.url, 'cancel');
  await request('GET', back);
  const failed = await shop.payment_becomes(id, 'requires_payment_method');
  assert.equal(failed.last_error.decline_code, 'authentication_failed');
  assert.equal((await far_sides.charges(4006)).length, 0);
  const again = await shop.post('/payments/confirm', { payment_id: id, payment_method: card() });
  assert.equal(again.json.status, 'succeeded', again.text);
});

test('3-D Secure: confirm asked again after the challenge says how it ended', async () => {
  await far_sides.fault({ plugin: 'stripe', mode: 'drop_webhooks' });
  const { id, next_action } = (await shop.pay(4007, by_challenge)).json;
  const still = await shop.post('/payments/confirm', { payment_id: id });
  assert.equal(still.json.status, 'requires_action', still.text);
  await far_sides.payer(next_action.url, 'approve');
  const done = await shop.post('/payments/confirm', { payment_id: id });
  assert.equal(done.json.status, 'succeeded', done.text);
});

test('3-D Secure with manual capture leads to requires_capture', async () => {
  const { id, next_action } = (await shop.pay(4008, { ...by_challenge, capture_method: 'manual' })).json;
  await far_sides.payer(next_action.url, 'approve');
  await shop.payment_becomes(id, 'requires_capture');
  const captured = await shop.post(`/payments/${id}/capture`, {});
  assert.equal(captured.json.status, 'succeeded', captured.text);
});

test('a payment that waits for its payer can be canceled', async () => {
  const { id } = (await shop.pay(4009, by_challenge)).json;
  const canceled = await shop.post(`/payments/${id}/cancel`, {});
  assert.equal(canceled.status, 200, canceled.text);
  assert.equal(canceled.json.status, 'canceled');
});

test('a forged provider webhook is answered 400 and moves nothing', async () => {
  const { id } = (await shop.pay(4010, by_challenge)).json;
  const body = JSON.stringify({ id: 'evt_forged', object: 'event', type: 'payment_intent.succeeded', data: { object: { id: 'pi_1', object: 'payment_intent' } } });
  const now = Math.floor(Date.now() / 1000);
  for (const headers of [{}, { 'Stripe-Signature': `t=${now},v1=${'0'.repeat(64)}` }, { 'Stripe-Signature': 'nonsense' }]) {
    const answer = await florin.nobody().post('/webhooks/stripe/porto.stripe-one', body, headers);
    assert.equal(answer.status, 400, answer.text);
  }
  assert.equal((await shop.payment(id)).status, 'requires_action');
});

test('a webhook for an account that nobody has is answered 404', async () => {
  for (const account of ['porto.nothing', 'nobody.stripe-one', 'porto.wallet', 'porto'])
    assert.equal((await florin.nobody().post(`/webhooks/stripe/${account}`, '{}')).status, 404);
});

test('webhooks that come twice and out of order change nothing twice', async () => {
  await far_sides.fault({ plugin: 'stripe', mode: 'duplicate_webhooks' });
  await far_sides.fault({ plugin: 'stripe', mode: 'reorder_webhooks', delay_ms: 200 });
  const { id } = (await shop.pay(4011)).json;
  await shop.post(`/payments/${id}/refund`, { amount: 11 });
  await far_sides.webhooks_delivered();
  const { events, amount_refunded } = await shop.payment(id, 'events');
  assert.equal(amount_refunded, 11);
  assert.equal(events.filter(({ type }) => type === 'payment.succeeded').length, 1);
});
