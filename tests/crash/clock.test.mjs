// The wall clock jumps an hour and ten years, both ways, while the daemon works. Time-outs follow the
// monotonic clock; order follows sequence numbers; jobs go on; signatures are judged by the clock as it is.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance({ faults: '/store' });
const { faults, test } = florin;
const shop = florin.as('porto');
const kHour = 3600;
const kTenYears = 10 * 365 * 24 * kHour;
const jumps = { 'an hour forward': kHour, 'an hour back': -kHour, 'ten years forward': kTenYears, 'ten years back': -kTenYears };
let last = 900_000;
// Good from ten years ago to ten years from now.
const method = { type: 'card', card: { number: cards.good, exp_month: 12, exp_year: 2040, cvc: '123' } };

for (const [name, seconds] of Object.entries(jumps)) {
  test(`${name}: a silent far side is given up no sooner and no later than ever`, async () => {
    const waited = async (jump) => {
      await florin.far_sides.fault({ plugin: 'stripe', path_prefix: '/v1/payment_intents', mode: 'silent_before', times: 1 });
      const began = Date.now();
      const paying = shop.pay((last += 10), { method });
      await sleep(300);
      faults.move_clock(jump);
      const answer = await paying;
      faults.move_clock(0);
      await florin.far_sides.heal();
      // What then became of it is not the question here; nobody was charged twice.
      assert.ok(answer.status === 201 || answer.status >= 400, answer.text);
      assert.ok((await florin.far_sides.charges(last)).length <= 1);
      return Date.now() - began;
    };
    const took = await waited(seconds);
    assert.ok(took > 800, `it was given up after ${took} ms of its second`);
    assert.ok(took < 9500, `it was answered after ${took} ms, and everybody is within ten seconds`);
  });

  test(`${name} and back: what is due comes all the same, and numbers keep the order`, async () => {
    const receiver = await WebhookReceiver.open();
    const made = await shop.post('/webhook-endpoints', { url: receiver.url });
    // The first delivery fails, so that its next try is due by a clock that is wrong.
    receiver.status = 500;
    faults.move_clock(seconds);
    const { json: payment } = await shop.pay((last += 10), { method });
    assert.equal(payment?.status, 'succeeded');
    await until('a delivery that fails', () => receiver.received.length > 0);
    await sleep(200);
    receiver.status = 200;
    const seen = receiver.received.length;
    faults.move_clock(0);
    const after = (await shop.pay((last += 10))).json;
    const events = await oracles.all_events(shop);
    events.forEach((event, index) => assert.equal(event.seq, index + 1));
    const place = (id) => events.findIndex(({ data }) => data.object.id === id);
    assert.ok(place(payment.id) < place(after.id), 'in the order of what happened');
    // Its next try is five seconds later, as ever.
    const again = (id) => receiver.received.slice(seen).some(({ event }) => event.data.object.id === id);
    await until('the deliveries that had failed', () => again(payment.id), 15_000);
    await shop.delete(`/webhook-endpoints/${made.json.id}`);
    receiver.close();
  });
}

test('ten years forward and back: an authorization is given back once at the most', async () => {
  const amount = (last += 10);
  const { json: payment } = await shop.pay(amount, { capture_method: 'manual' });
  faults.move_clock(kTenYears);
  await until('the authorization to expire', async () => (await shop.payment(payment.id)).status === 'canceled');
  faults.move_clock(0);
  await sleep(500);
  faults.move_clock(kTenYears);
  await sleep(500);
  faults.move_clock(0);
  const voided = (await florin.far_sides.entries('stripe', amount)).filter(({ kind }) => kind === 'voided');
  assert.equal(voided.length, 1);
});

for (const [name, then] of Object.entries({ 'the clock is put right': () => {}, 'the clock is put right and florind killed': () => florin.restart('SIGKILL') })) {
  test(`begun in what was the future: when ${name}, it is found out as soon as ever what became of it`, async () => {
    const { json: payment } = await shop.pay((last += 10), { capture_method: 'manual', method });
    await florin.far_sides.fault({ plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents', mode: 'silent_before', times: 1 });
    faults.move_clock(kTenYears);
    const capturing = shop.post(`/payments/${payment.id}/capture`, {}).catch(() => {});
    await sleep(300);
    faults.move_clock(0);
    await then();
    await capturing;
    const states = async () => (await shop.get(`/payments/${payment.id}?expand[]=attempts`)).json.attempts.map(({ kind, status }) => `${kind} ${status}`);
    await until('the capture to have an end', async () => (await states()).includes('capture failed'), 30_000);
    await florin.far_sides.heal();
    assert.equal((await shop.post(`/payments/${payment.id}/capture`, {})).json.status, 'succeeded');
  });
}

test('a webhook is judged by the clock as it is: refused while that is wrong, believed once it is right', async () => {
  const amount = (last += 10);
  faults.move_clock(kHour);
  const { json: payment } = await shop.pay(amount, { capture_method: 'manual' });
  await until('a webhook to be refused', () => /was refused: .*signed/.test(florin.log));
  faults.move_clock(0);
  assert.equal((await shop.post(`/payments/${payment.id}/capture`, {})).json.status, 'succeeded');
  await florin.far_sides.webhooks_delivered();
});

test('after all jumps the books agree', async () => {
  await oracles.all_settled(shop);
  oracles.nobody_charged_twice(await oracles.all_books(florin.far_sides));
  await oracles.books_agree(shop, florin.far_sides);
  oracles.ledger_verifies(florin);
});
