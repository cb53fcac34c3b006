// A provider's webhook about a refund comes before the answer that says what that refund is called: while it
// is on its way, or in doubt. It is applied all the same, once.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';

const florin = await start_appliance();
const { test, far_sides } = florin;
const shop = florin.as('porto');
const refunding = { plugin: 'stripe', method: 'POST', path_prefix: '/v1/refunds' };

// Stripe's word about a refund, signed as Stripe signs, for porto's first account.
function stripe_says(type, refund) {
  const body = JSON.stringify({ id: `evt_${crypto.randomUUID()}`, object: 'event', type, data: { object: refund } });
  const time = Math.floor(Date.now() / 1000);
  const signature = crypto.createHmac('sha256', 'whsec_porto_one').update(`${time}.${body}`).digest('hex');
  return florin.nobody().post('/webhooks/stripe/porto.stripe-one', body, { 'Stripe-Signature': `t=${time},v1=${signature}` });
}
const refunds_of = async (amount) => (await far_sides.entries('stripe', amount)).filter(({ kind }) => kind.startsWith('refund'));
const not_applied = () => florin.log.split('\n').filter((line) => line.includes('was not applied'));

test('told of while its answer is still on the way: the news waits for the answer', async () => {
  const { id } = (await shop.pay(9201)).json;
  await far_sides.fault({ ...refunding, mode: 'silent_after', delay_ms: 2000, times: 1 });
  const refunded = await shop.post(`/payments/${id}/refund`, {});
  assert.equal(refunded.json.status, 'succeeded', refunded.text);
  await far_sides.webhooks_delivered();
  assert.deepEqual(not_applied(), []);
  assert.equal((await shop.payment(id)).amount_refunded, 9201);
  assert.equal((await refunds_of(9201)).length, 1);
});

test('told to have failed before it was answered: taken, and then booked back', async () => {
  await far_sides.fault({ plugin: 'stripe', mode: 'drop_webhooks' });
  const payment = (await shop.pay(9202)).json;
  await far_sides.fault({ ...refunding, mode: 'silent_after', delay_ms: 2000, times: 1 });
  const refunding_it = shop.post(`/payments/${payment.id}/refund`, {});
  const { operation, reference } = await until('the far side to have the refund', async () => (await refunds_of(9202))[0]);
  const told = await stripe_says('refund.failed', {
    id: operation,
    object: 'refund',
    status: 'failed',
    amount: 9202,
    currency: 'eur',
    payment_intent: reference,
    metadata: {},
  });
  assert.equal(told.status, 200, told.text);
  assert.equal((await refunding_it).json.status, 'succeeded');
  const [refund] = await until('the refund to be booked back', async () => {
    const { refunds, amount_refunded } = await shop.payment(payment.id, 'refunds');
    return amount_refunded === 0 && refunds;
  });
  assert.equal(refund.status, 'failed');
  await far_sides.heal();
});

test('a refund that nobody asked Florin for is kept with its reason and moves nothing', async () => {
  const payment = (await shop.pay(9203)).json;
  const intent = (await shop.payment(payment.id, 'attempts')).attempts[0].reference;
  const refund = { id: 're_by_hand', object: 'refund', status: 'succeeded', amount: 3, currency: 'eur', payment_intent: intent, metadata: {} };
  assert.equal((await stripe_says('refund.created', refund)).status, 200);
  await until('the webhook to be set aside', () => not_applied().some((line) => line.includes('re_by_hand')));
  assert.equal((await shop.payment(payment.id)).amount_refunded, 0);
  assert.ok(florin.cli('ledger', 'verify'));
});
