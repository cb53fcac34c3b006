// What merchants read: a payment with all that belongs to it, the history with its filters and pages,
// events for those who poll, and the provider accounts.
import assert from 'node:assert/strict';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');

const paid = [];
for (const [amount, more] of [
  [6001, { description: 'green tea', customer: { id: 'cus-ana', email: 'ana@example.com' } }],
  [6002, { route: 'wallet' }],
  [6003, { route: 'bench', currency: 'USD' }],
  [6004, { route: 'till', method: { type: 'cash' } }],
  [6005, { capture_method: 'manual' }],
  [6006, { method: card(cards.poor) }],
  [6007, { description: 'black TEA' }],
]) {
  const { json } = await shop.pay(amount, more);
  paid.push(json.error?.payment ?? json);
}
await florin.as('oslo').pay(6008, { description: 'herring, no tea' });
const history = async (query = '') => {
  const answer = await shop.get(`/payments/history?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const amounts = async (query) => (await history(query)).data.map(({ amount }) => amount);

test('expand[] brings attempts, routing, risk, refunds, events and ledger', async () => {
  const [{ id }] = paid;
  await shop.post(`/payments/${id}/refund`, { amount: 1 });
  const payment = await shop.payment(id, 'attempts,routing,risk,refunds,events,ledger');
  assert.deepEqual(payment.attempts.map(({ kind, status }) => `${kind} ${status}`), ['authorize approved', 'refund approved']);
  assert.ok(payment.attempts[0].exchanges.length > 0);
  assert.equal(payment.refunds.length, 1);
  assert.ok(payment.events.some(({ type }) => type === 'payment.succeeded'));
  assert.equal(payment.ledger.reduce((sum, { amount }) => sum + amount, 0), 0);
  assert.equal(payment.routing.length, 1);
  assert.equal(payment.risk.length, 1);
});

test('expanding what a payment has not is answered 400', async () => {
  assert.equal((await shop.get(`/payments/${paid[0].id}?expand[]=nonsense`)).status, 400);
});

test('the history has the newest first and nobody else’s', async () => {
  assert.deepEqual(await amounts(), [6007, 6006, 6005, 6004, 6003, 6002, 6001]);
});

for (const [filter, expected] of [
  ['status=requires_capture', [6005]],
  ['status=requires_payment_method', [6006]],
  ['method=cash', [6004]],
  ['provider=paypal', [6002]],
  ['provider=test', [6003]],
  ['currency=usd', [6003]],
  ['amount[gte]=6003&amount[lte]=6005', [6005, 6004, 6003]],
  ['query=tea', [6007, 6001]],
  ['created[gte]=4000000000', []],
  ['status=succeeded&query=green', [6001]],
  [`customer=cus-ana`, [6001]],
]) {
  test(`the history filters by ${filter}`, async () => {
    assert.deepEqual(await amounts(filter), expected);
  });
}

test('a bound above the largest time is still a bound of amounts', async () => {
  const oslo = florin.as('oslo');
  const paid = await oslo.pay(300_000_000_000, { route: 'bench' });
  assert.equal(paid.status, 201, paid.text);
  const found = async (bound) => (await oslo.get(`/payments/history?amount[gte]=${bound}`)).json.data.map(({ amount }) => amount);
  assert.deepEqual(await found(300_000_000_000), [300_000_000_000]);
  assert.deepEqual(await found(300_000_000_001), []);
});

test('pages go forth and back without a gap or a double', async () => {
  const seen = [];
  let page = await history('limit=3');
  for (;;) {
    seen.push(...page.data);
    if (!page.has_more) break;
    page = await history(`limit=3&starting_after=${seen.at(-1).id}`);
  }
  assert.deepEqual(seen.map(({ amount }) => amount), await amounts('limit=100'));
  const back = await history(`limit=2&ending_before=${seen[4].id}`);
  assert.deepEqual(back.data.map(({ amount }) => amount), [seen[2].amount, seen[3].amount]);
});

for (const query of ['limit=0', 'limit=101', 'limit=many', 'status=nonsense', 'currency=XYZ', 'amount[gte]=-1', 'starting_after=a&ending_before=b'])
  test(`the history answers 400 to ${query}`, async () => {
    assert.equal((await shop.get(`/payments/history?${query}`)).status, 400);
  });

test('events after a seq come in order, without gaps, filtered when asked', async () => {
  const seqs = [];
  for (let more = true; more; ) {
    const page = (await shop.get(`/events?limit=7&after=${seqs.at(-1) ?? 0}`)).json;
    seqs.push(...page.data.map(({ seq }) => seq));
    more = page.has_more;
  }
  assert.deepEqual(seqs, Array.from({ length: seqs.length }, (_, i) => i + 1));
  const refunds = (await shop.get('/events?type=refund.*')).json.data;
  assert.ok(refunds.length > 0 && refunds.every(({ type }) => type.startsWith('refund.')));
  const of_one = (await shop.get(`/events?payment=${paid[4].id}`)).json.data;
  assert.ok(of_one.length > 1 && of_one.every(({ data }) => data.object.id === paid[4].id));
});

test('an event says what was before', async () => {
  const { data } = (await shop.get(`/events?payment=${paid[6].id}`)).json;
  const succeeded = data.find(({ type }) => type === 'payment.succeeded').data;
  assert.equal(succeeded.object.status, 'succeeded');
  assert.equal(succeeded.previous_attributes.status, 'processing');
});

test('the ledger shows a payment’s lines, fees as their own', async () => {
  const { data } = (await shop.get(`/ledger/entries?payment=${paid[6].id}`)).json;
  assert.equal(data.reduce((sum, { amount }) => sum + amount, 0), 0);
  // The sandbox's fee is 2.9 %, rounded down.
  assert.equal(data.find(({ account }) => account === 'fees:stripe-one').amount, Math.floor(6007 * 29 / 1000));
});

test('the provider accounts are listed with what they can do and how they are', async () => {
  const { data } = (await shop.get('/providers')).json;
  assert.deepEqual(data.map(({ name }) => name).sort(), ['bench', 'stripe-gone', 'stripe-one', 'stripe-two', 'till', 'wallet']);
  const stripe = data.find(({ name }) => name === 'stripe-one');
  assert.equal(stripe.multiple_captures, false);
  assert.equal(stripe.health.circuit, 'closed');
});
