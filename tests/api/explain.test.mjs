// `florin policy explain` for each way that a payment can go: what every fraud rule, the risk policy and the
// routing policy said, why each account was kept or dropped, and why another was asked or none.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { request } from '../support/http.mjs';

const florin = await start_appliance();
const { test, far_sides } = florin;
const shop = florin.as('porto');
// What moves money at Stripe, not what only prepares it.
const acting = { plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents/', times: 1 };
const kShop = 'https://shop.example/thanks';

// What people read and what programs read, which tell the same of every try.
function explained(id) {
  const text = florin.cli('policy', 'explain', id);
  const story = JSON.parse(florin.cli('--json', 'policy', 'explain', id));
  assert.equal(story.payment.id, id);
  assert.equal(story.merchant, 'porto');
  assert.match(text, new RegExp(`^${id} of porto: `));
  for (const { created, outcome, risk, routing } of story.decisions) {
    assert.match(text, new RegExp(`^try \\d+ at ${created}: ${outcome}$`, 'm'));
    assert.deepEqual(risk.signals.map(({ rule }) => rule), ['velocity']);
    assert.match(text, /^  fraud rule velocity: score \d+\n    (by card in 60 s: \d+ tries, \d+ declined, \d+ minor units|it had nothing to count by)$/m);
    assert.equal(risk.policy.name, 'risk/score_threshold');
    assert.match(text, new RegExp(`^  risk policy risk/score_threshold \\(${risk.policy.version}\\): ${risk.decision}, score \\d+\\n    \\S`, 'm'));
    assert.match(text, new RegExp(`^  routing policy routing/as_the_payment_says \\(${routing.policy.version}\\): as the payment says$`, 'm'));
    // Every account that the merchant has, or that the policy named.
    assert.ok(routing.accounts.length >= 6);
    for (const { name, provider, kept, why } of routing.accounts)
      assert.ok(text.includes(`    ${kept ? 'kept   ' : 'dropped'} ${name}${provider && ` (${provider})`}: ${why}\n`), `${name}: ${text}`);
  }
  for (const { number, kind, money, account, provider, started, status, then } of story.attempts) {
    assert.ok(text.includes(`  attempt ${number}: ${kind} ${money} at ${account} (${provider}) from ${started}`), text);
    assert.match(text, new RegExp(`^    ${status}\\b`, 'm'));
    assert.ok(text.includes(then), text);
  }
  return { text, ...story };
}
const told = ({ attempts }) => attempts.map(({ kind, money, account, status }) => `${kind} ${money} ${account} ${status}`);
async function paid(amount, options) {
  const answer = await shop.pay(amount, options);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

test('the two-step form: before it is confirmed nothing was decided, then it is as any other', async () => {
  const intent = await shop.post('/payments/create-intent', { amount: 8001, currency: 'EUR', metadata: { route: 'stripe-one' } });
  const before = explained(intent.json.id);
  assert.match(before.text, /no method yet.*\nnothing was decided yet\n$/);
  await shop.post('/payments/confirm', { payment_id: intent.json.id, payment_method: card() });
  const after = explained(intent.json.id);
  assert.equal(after.decisions.length, 1);
  assert.deepEqual(told(after), ['authorize 80.01 EUR stripe-one approved']);
});

for (const route of ['wallet', 'bench'])
  test(`manual capture in two parts and partial refunds at ${route}: each with its amount, after the decision`, async () => {
    const { id } = await paid(8002, { route, capture_method: 'manual' });
    await shop.post(`/payments/${id}/capture`, { amount: 3002, final: false });
    await shop.post(`/payments/${id}/capture`, { amount: 5000 });
    for (const amount of [3002, 1000]) assert.equal((await shop.post(`/payments/${id}/refund`, { amount })).status, 201);
    const story = explained(id);
    assert.deepEqual(told(story), [
      `authorize 80.02 EUR ${route} approved`, `capture 30.02 EUR ${route} approved`, `capture 50.00 EUR ${route} approved`,
      `refund 30.02 EUR ${route} approved`, `refund 10.00 EUR ${route} approved`,
    ]);
    assert.match(story.text, /captured 80\.02 EUR, refunded 40\.02 EUR\n/);
    assert.match(story.text, /\nafterwards\n  attempt 2: capture/);
  });

test('PayPal by redirect: who is waited for, and what came of it', async () => {
  const { id, next_action } = await paid(8003, { route: 'wallet', method: { type: 'paypal' }, return_url: kShop });
  const waiting = explained(id);
  assert.match(waiting.text, /\n    requires_action\n    it goes on when the payer has acted\n/);
  await request('GET', await far_sides.payer(next_action.url, 'approve'));
  await shop.payment_becomes(id, 'succeeded');
  assert.deepEqual(told(explained(id)), ['authorize 80.03 EUR wallet approved']);
});

test('a 3-D Secure challenge: who is waited for, and what came of it', async () => {
  const { id, next_action } = await paid(8004, { method: card(cards.challenged), return_url: kShop });
  assert.match(explained(id).text, /it goes on when the payer has acted/);
  await request('GET', await far_sides.payer(next_action.url, 'approve'));
  await shop.payment_becomes(id, 'succeeded');
  const story = explained(id);
  assert.equal(story.decisions[0].outcome, 'accepted');
  assert.deepEqual(told(story), ['authorize 80.04 EUR stripe-one approved']);
});

test('a declined card: the reason, the provider’s own word, and why nobody else was asked', async () => {
  const answer = await shop.pay(8005, { route: 'stripe-one,stripe-two', method: card(cards.poor) });
  const story = explained(answer.json.error.payment.id);
  assert.equal(story.decisions[0].outcome, 'declined');
  assert.match(story.text, /\n    declined, insufficient_funds \(insufficient_funds\): Your card was declined\.\n    nobody else was asked: the advice after insufficient_funds is "same_provider_later"\n/);
});

test('a decline that another provider might not repeat: the next is asked, until none is left', async () => {
  const answer = await shop.pay(8006, { route: 'stripe-one,stripe-two', method: card(cards.declined) });
  const story = explained(answer.json.error.payment.id);
  assert.deepEqual(told(story), ['authorize 80.06 EUR stripe-one failed', 'authorize 80.06 EUR stripe-two declined']);
  assert.match(story.attempts[0].message, /declined, and another provider may take it: do_not_honor/);
  assert.match(story.attempts[0].then, /so stripe-two was asked$/);
  assert.match(story.attempts[1].then, /no account of the route was left/);
});

test('what one provider declined and the next took is not told of the one that took it', async () => {
  const { id } = await paid(90005, { route: 'bench,stripe-one' });
  const [first, second] = explained(id).attempts;
  assert.equal(first.decline_code, 'do_not_honor');
  assert.equal(second.status, 'approved');
  assert.equal(second.decline_code, null);
  assert.equal(second.provider_code, null);
});

test('an idempotent replay: one try, one attempt, under the key that both requests had', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const first = await shop.pay(8008, { headers });
  const again = await shop.pay(8008, { headers });
  assert.equal(again.headers['idempotent-replayed'], 'true');
  const story = explained(first.json.id);
  assert.equal(story.decisions.length, 1);
  assert.deepEqual(told(story), ['authorize 80.08 EUR stripe-one approved']);
  assert.ok(story.text.includes(`Idempotency-Key ${headers['Idempotency-Key']}\n`), story.text);
});

test('failover after a refused connection: the address, the reason, and who was asked next', async () => {
  const { id } = await paid(8009, { route: 'stripe-gone,stripe-two' });
  const story = explained(id);
  assert.deepEqual(told(story), ['authorize 80.09 EUR stripe-gone failed', 'authorize 80.09 EUR stripe-two approved']);
  assert.match(story.text, /failed: no connection to 127\.0\.0\.1:\d+: .*\n    a definite no, nothing was taken there: so stripe-two was asked\n/);
});

test('failover after a 503: what was answered, that its books were asked and the rest undone, and who was asked next', async () => {
  await far_sides.fault({ ...acting, mode: 'status', status: 503 });
  const story = explained((await paid(8010, { route: 'stripe-one,stripe-two' })).id);
  assert.match(story.text, /\/confirm: 503 in \d+ ms\n    GET \S+: 200 in \d+ ms\n    POST \S+\/cancel: 200 in \d+ ms\n    failed: no answer came, and the provider proves to hold nothing\n    .*so stripe-two was asked\n/);
});

test('failover after silence before acting: how long it was waited, that its books have nothing, who was next', async () => {
  await far_sides.fault({ ...acting, mode: 'silent_before', delay_ms: 2000 });
  const story = explained((await paid(8011, { route: 'stripe-one,stripe-two' })).id);
  assert.match(story.text, /\/confirm: no answer \(the time-out passed after the request had left\) in \d{4} ms\n    GET \S+: 200 in \d+ ms\n    POST \S+\/cancel: 200 in \d+ ms\n    failed: .* proves to hold nothing\n    .*so stripe-two was asked\n/);
});

test('silence after acting: why nobody else was asked', async () => {
  await far_sides.fault({ ...acting, mode: 'silent_after', delay_ms: 2000 });
  const story = explained((await paid(8012, { route: 'stripe-one,stripe-two' })).id);
  assert.deepEqual(told(story), ['authorize 80.12 EUR stripe-one approved']);
  assert.match(story.text, /\n    approved: .*\n    in doubt at first, then looked up: its books have it, so it was adopted\n/);
});

test('accounts that cannot carry the payment, that are none, or that were not chosen say so', async () => {
  const { id } = await paid(8013, { route: 'till,nobody,stripe-one' });
  const why = Object.fromEntries(explained(id).decisions[0].routing.accounts.map((account) => [account.name, account.why]));
  assert.equal(why.till, 'its provider does not take card');
  assert.equal(why.nobody, 'the merchant has no such account');
  assert.equal(why['stripe-one'], 'choice 1');
  assert.equal(why.bench, 'the policy did not choose it');
});

test('a payment that is not there is an error of one sentence', () => {
  assert.throws(() => florin.cli('policy', 'explain', 'pay_nothing'), ({ status, stderr }) => status === 2 && /^no such payment: pay_nothing\n$/.test(stderr));
});
