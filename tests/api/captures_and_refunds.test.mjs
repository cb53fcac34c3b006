// Manual capture in whole and in parts, refunds to the last unit and one more, and what both do to the books.
import assert from 'node:assert/strict';

import { start_appliance } from '../support/appliance.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');

async function authorized(amount, more = {}) {
  const answer = await shop.pay(amount, { capture_method: 'manual', ...more });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'requires_capture');
  assert.equal(answer.json.amount_capturable, amount);
  return answer.json.id;
}
const capture = (id, body = {}) => shop.post(`/payments/${id}/capture`, body);
const refund = (id, body = {}) => shop.post(`/payments/${id}/refund`, body);

for (const route of ['stripe-one', 'wallet', 'bench']) {
  test(`${route}: an authorized payment is captured in full`, async () => {
    const id = await authorized(2001, { route });
    const captured = await capture(id);
    assert.equal(captured.status, 200, captured.text);
    assert.equal(captured.json.status, 'succeeded');
    assert.equal(captured.json.amount_captured, 2001);
    assert.equal(captured.json.amount_capturable, 0);
  });

  test(`${route}: more than is authorized is answered 400 and names what is left`, async () => {
    const answer = await capture(await authorized(2002, { route }), { amount: 2003 });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.error.code, 'amount_too_large');
    assert.match(answer.json.error.message, /2002/);
  });

  test(`${route}: refunds go to the last unit, and one more is refused`, async () => {
    const id = (await shop.pay(2003, { route })).json.id;
    const first = await refund(id, { amount: 1500, reason: 'requested_by_customer', metadata: { ticket: '7' } });
    assert.equal(first.status, 201, first.text);
    assert.equal(first.json.status, 'succeeded');
    assert.equal(first.json.reason, 'requested_by_customer');
    const too_much = await refund(id, { amount: 504 });
    assert.equal(too_much.status, 400, too_much.text);
    assert.equal(too_much.json.error.code, 'amount_too_large');
    assert.match(too_much.json.error.message, /503/);
    const rest = await refund(id);
    assert.equal(rest.status, 201, rest.text);
    assert.equal(rest.json.amount, 503);
    const one_more = await refund(id, { amount: 1 });
    assert.equal(one_more.status, 400, one_more.text);
    assert.equal(one_more.json.error.code, 'amount_too_large');
    assert.equal((await shop.payment(id)).amount_refunded, 2003);
  });
}

for (const route of ['wallet', 'bench']) {
  test(`${route}: captures in two parts`, async () => {
    const id = await authorized(2004, { route });
    const first = await capture(id, { amount: 1004, final: false });
    assert.equal(first.status, 200, first.text);
    assert.equal(first.json.status, 'partially_captured');
    assert.equal(first.json.amount_capturable, 1000);
    const too_much = await capture(id, { amount: 1001 });
    assert.equal(too_much.status, 400);
    assert.match(too_much.json.error.message, /1000/);
    const second = await capture(id, { amount: 1000 });
    assert.equal(second.status, 200, second.text);
    assert.equal(second.json.status, 'succeeded');
    assert.equal(second.json.amount_captured, 2004);
    assert.equal((await refund(id, { amount: 1004 })).status, 201);
    assert.equal((await refund(id, { amount: 1000 })).status, 201);
    assert.equal((await shop.payment(id)).amount_refunded, 2004);
  });
}

test('where the provider captures once, a part gives the rest back', async () => {
  const id = await authorized(2005);
  const open = await capture(id, { amount: 2000, final: false });
  assert.equal(open.status, 400, open.text);
  assert.equal(open.json.error.code, 'multiple_captures_unsupported');
  const part = await capture(id, { amount: 2000 });
  assert.equal(part.status, 200, part.text);
  assert.equal(part.json.amount_captured, 2000);
  assert.equal(part.json.amount_capturable, 0);
});

test('a payment that took nothing cannot be refunded', async () => {
  assert.equal((await refund(await authorized(2006))).status, 409);
});

test('of refunds of everything at once, one goes through', async () => {
  const id = (await shop.pay(2007)).json.id;
  const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  for (const { status, text } of answers) assert.ok([201, 400, 409].includes(status), text);
  const given_back = (await florin.far_sides.entries('stripe', 2007)).filter(({ kind }) => kind.startsWith('refund'));
  assert.equal(given_back.length, 1);
});

test('of two captures of everything at once, one goes through', async () => {
  const id = await authorized(2008);
  const answers = await Promise.all([capture(id), capture(id)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409], answers.map(({ text }) => text).join());
});

test('all balances of a currency sum to zero, and every transaction of the books does', async () => {
  const balances = (await shop.get('/ledger/balances')).json.data;
  assert.ok(balances.length > 3);
  assert.equal(balances.reduce((sum, { amount }) => sum + amount, 0), 0);
  const transactions = new Map();
  let after = '';
  for (let more = true; more; ) {
    const page = (await shop.get(`/ledger/entries?limit=100${after && `&starting_after=${after}`}`)).json;
    for (const { transaction, amount } of page.data) transactions.set(transaction, (transactions.get(transaction) ?? 0) + amount);
    more = page.has_more;
    after = page.data.at(-1).id;
  }
  assert.ok(transactions.size > 10);
  for (const [transaction, sum] of transactions) assert.equal(sum, 0, transaction);
});
