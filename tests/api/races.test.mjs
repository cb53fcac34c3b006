// Races: requests that arrive together for one payment, key or amount. One wins, the books are right, and the
// losers are told so; on both stores.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');

// Amounts that nobody else has; a part of one is its own, plus one.
let last = 700_000;
const fresh_amount = () => (last += 10);

const together = (count, ask) => Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
const by_status = (answers) => answers.reduce((counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }), {});
async function taken(amount, more = {}) {
  const answer = await shop.pay(amount, more);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
const entries_of = async (kind, amount) => (await florin.far_sides.entries('stripe', amount)).filter((entry) => entry.kind === kind);

test('a hundred requests at once under one idempotency key make one charge', async () => {
  const amount = fresh_amount();
  const key = crypto.randomUUID();
  const body = { amount, currency: 'EUR', payment_method: card(), metadata: { route: 'stripe-one' } };
  const answers = await together(100, () => shop.post('/payments', body, { 'Idempotency-Key': key }));
  for (const { status, text } of answers) assert.ok(status === 201 || status === 409, text);
  const told = answers.filter(({ status }) => status === 201);
  assert.ok(told.length >= 1, JSON.stringify(by_status(answers)));
  for (const { text } of told) assert.equal(text, told[0].text, 'all who are answered are answered the same');
  assert.equal((await florin.far_sides.charges(amount)).length, 1);
  const again = await shop.post('/payments', body, { 'Idempotency-Key': key });
  assert.equal(again.text, told[0].text);
});

test('capture and cancellation at once: one happens, the other is refused', async () => {
  for (let round = 0; round < 10; round += 1) {
    const amount = fresh_amount();
    const { id } = await taken(amount, { capture_method: 'manual' });
    const [captured, canceled] = await Promise.all([shop.post(`/payments/${id}/capture`, {}), shop.post(`/payments/${id}/cancel`, {})]);
    const winners = [captured, canceled].filter(({ status }) => status === 200);
    const losers = [captured, canceled].filter(({ status }) => status !== 200);
    assert.equal(winners.length, 1, `${captured.text}\n${canceled.text}`);
    assert.ok([400, 409].includes(losers[0].status), losers[0].text);
    assert.equal((await shop.payment(id)).status, captured.status === 200 ? 'succeeded' : 'canceled');
    assert.equal((await entries_of('captured', amount)).length, captured.status === 200 ? 1 : 0);
    assert.equal((await entries_of('voided', amount)).length, canceled.status === 200 ? 1 : 0);
  }
});

test('twenty captures of the whole at once capture it once', async () => {
  const amount = fresh_amount();
  const { id } = await taken(amount, { capture_method: 'manual' });
  const answers = await together(20, () => shop.post(`/payments/${id}/capture`, {}));
  const counts = by_status(answers);
  assert.equal(counts[200], 1, JSON.stringify(counts));
  assert.equal((counts[400] ?? 0) + (counts[409] ?? 0), 19, JSON.stringify(counts));
  assert.equal((await entries_of('captured', amount)).length, 1);
});

test('twenty refunds of the whole at once refund it once', async () => {
  const amount = fresh_amount();
  const { id } = await taken(amount);
  const answers = await together(20, () => shop.post(`/payments/${id}/refund`, {}));
  const counts = by_status(answers);
  assert.equal(counts[201], 1, JSON.stringify(counts));
  assert.equal((counts[400] ?? 0) + (counts[409] ?? 0), 19, JSON.stringify(counts));
  assert.equal((await entries_of('refunded', amount)).length, 1);
  assert.equal((await shop.payment(id)).amount_refunded, amount);
});

test('refunds of parts at once never give back more than was taken', async () => {
  const amount = fresh_amount();
  const part = Math.floor(amount / 3) - 1; // Three fit, a fourth does not.
  const { id } = await taken(amount);
  // Who is told that another is at work asks again, as a merchant's backend would.
  const answers = await together(10, () =>
    until('a refund to be answered for good', async () => {
      const answer = await shop.post(`/payments/${id}/refund`, { amount: part });
      return answer.status === 409 ? undefined : answer;
    }),
  );
  assert.deepEqual(by_status(answers), { 201: 3, 400: 7 });
  assert.equal((await entries_of('refunded', part)).length, 3);
  assert.equal((await shop.payment(id)).amount_refunded, 3 * part);
});

test('a webhook that overtakes the answer to the API changes nothing twice', async () => {
  for (let round = 0; round < 3; round += 1) {
    const amount = fresh_amount();
    // The far side acts and sends its webhook at once, and answers only then.
    await florin.far_sides.fault({ plugin: 'stripe', method: 'POST', mode: 'slow', delay_ms: 400, times: 2 });
    const answer = await shop.pay(amount);
    assert.equal(answer.json.status, 'succeeded', answer.text);
    await florin.far_sides.heal();
    await florin.far_sides.webhooks_delivered();
    const payment = await shop.payment(answer.json.id, 'events');
    assert.equal(payment.events.filter(({ type }) => type === 'payment.succeeded').length, 1);
    assert.equal((await entries_of('captured', amount)).length, 1);
  }
});

test('after all races our books and the far sides agree', async () => {
  await oracles.all_settled(shop);
  oracles.nobody_charged_twice(await oracles.all_books(florin.far_sides));
  await oracles.books_agree(shop, florin.far_sides);
  assert.match(florin.cli('ledger', 'verify'), /^ok/);
});
