// A payer who was sent to the provider's page never comes back, and every webhook is lost: Florin asks by
// itself, adopts what the far side holds, and cancels what nobody finished in a day. The clock is moved, so
// that nobody waits for that day.
import assert from 'node:assert/strict';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { request, until } from '../support/http.mjs';

const florin = await start_appliance({ faults: '/store' });
const { test, far_sides, faults } = florin;
const shop = florin.as('porto');
const kMinute = 60;
const kDay = 24 * 60 * kMinute;
const by_paypal = { route: 'wallet', method: { type: 'paypal' }, return_url: 'https://shop.example/thanks' };
const by_challenge = { method: card(cards.challenged), return_url: 'https://shop.example/thanks' };

// Each test ends with sound far sides.
async function lose_webhooks() {
  for (const plugin of ['paypal', 'stripe']) await far_sides.fault({ plugin, mode: 'drop_webhooks' });
}
await lose_webhooks();

async function sent_away(amount, order, outcome) {
  const { status, json } = await shop.pay(amount, order);
  assert.equal(status, 201);
  assert.equal(json.status, 'requires_action');
  if (outcome) await far_sides.payer(json.next_action.url, outcome);
  return json;
}
const waiting = {
  paypal: await sent_away(9101, by_paypal, 'approve'),
  three_ds: await sent_away(9102, by_challenge, 'approve'),
  failed: await sent_away(9103, by_challenge, 'cancel'),
  held: await sent_away(9104, { ...by_challenge, capture_method: 'manual' }, 'approve'),
  paypal_left: await sent_away(9105, by_paypal),
  three_ds_left: await sent_away(9106, by_challenge),
  three_ds_late: await sent_away(9107, by_challenge),
};
const moves = async ({ id }) =>
  (await shop.payment(id, 'events')).events.map(({ type }) => type).filter((type) => type !== 'payment.created');
const taken = async (plugin, amount) => (await far_sides.entries(plugin, amount)).filter(({ kind }) => kind.startsWith('captur'));

test('the payment says until when its payer may act', () => {
  const { next_action, created } = waiting.paypal;
  assert.ok(Math.abs(next_action.expires_at - created - kDay) < 10, `${next_action.expires_at} after ${created}`);
});

test('after two minutes what the payers did is known: paid, held or failed, each once', async () => {
  faults.move_clock(3 * kMinute);
  await shop.payment_becomes(waiting.paypal.id, 'succeeded');
  await shop.payment_becomes(waiting.three_ds.id, 'succeeded');
  await shop.payment_becomes(waiting.held.id, 'requires_capture');
  const failed = await shop.payment_becomes(waiting.failed.id, 'requires_payment_method');
  assert.equal(failed.last_error.decline_code, 'authentication_failed');
  assert.equal((await taken('paypal', 9101)).length, 1);
  assert.equal((await taken('stripe', 9102)).length, 1);
  assert.equal((await far_sides.charges(9103)).length, 0);
  assert.equal((await taken('stripe', 9104)).length, 0);
  assert.deepEqual(await moves(waiting.three_ds), ['payment.requires_action', 'payment.processing', 'payment.succeeded']);
});

test('who has not finished is not disturbed, and can still pay hours later', async () => {
  await lose_webhooks();
  for (const { id } of [waiting.paypal_left, waiting.three_ds_left, waiting.three_ds_late])
    assert.equal((await shop.payment(id)).status, 'requires_action');
  await far_sides.payer(waiting.three_ds_late.next_action.url, 'approve');
  faults.move_clock(kDay / 2);
  await shop.payment_becomes(waiting.three_ds_late.id, 'succeeded');
});

test('after a day what nobody finished is canceled there and here, and was never told in between', async () => {
  await lose_webhooks();
  let later = kDay + kMinute;
  faults.move_clock(later);
  for (const left of [waiting.paypal_left, waiting.three_ds_left]) {
    // One that was being asked about while the clock moved is looked at again a while later.
    await until(`${left.id} to be canceled`, async () => {
      if ((await shop.payment(left.id)).status === 'canceled') return true;
      faults.move_clock((later += kMinute));
      return false;
    });
    const { attempts } = await shop.payment(left.id, 'attempts');
    assert.equal(attempts[0].status, 'failed');
    assert.deepEqual(await moves(left), ['payment.requires_action', 'payment.canceled']);
  }
  // Whoever comes now takes nothing.
  await far_sides.payer(waiting.paypal_left.next_action.url, 'approve');
  await request('POST', waiting.three_ds_left.next_action.url, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'outcome=approve',
  });
  await request('GET', `${florin.url}/return/porto/${waiting.paypal_left.id}`);
  for (const amount of [9105, 9106]) assert.equal((await far_sides.charges(amount)).length, 0);
});

test('a far side that cannot be asked is asked again, and nothing is canceled until it answers', async () => {
  await lose_webhooks();
  faults.move_clock(0);
  const paid = await sent_away(9108, by_challenge, 'approve');
  await far_sides.fault({ plugin: 'stripe', path_prefix: '/v1/payment_intents', mode: 'status', status: 503 });
  faults.move_clock(kDay + 2 * kMinute);
  // Another payment, whose far side does answer, is asked about as late as this one.
  const other = await sent_away(9109, by_paypal);
  faults.move_clock(2 * kDay + 4 * kMinute);
  await shop.payment_becomes(other.id, 'canceled');
  assert.equal((await shop.payment(paid.id)).status, 'requires_action');
  await far_sides.heal();
  await lose_webhooks();
  faults.move_clock(2 * kDay + 12 * 60 * kMinute);
  await shop.payment_becomes(paid.id, 'succeeded');
  assert.equal((await taken('stripe', 9108)).length, 1);
});
