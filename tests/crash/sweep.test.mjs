// A crash at every system call: an authorization, its capture and a refund are run again and again, and the
// daemon is killed at its n-th fsync, write to a file (also half-way through it) or send to a socket, for
// every n until a script ends untouched; and its very first start at each of these too. After each kill the
// client asks again under its keys, and the oracles must hold. A sample is drawn that fits a test run; but every n is
// tried of the kinds that FLORIN_SWEEP names ("sync,write,torn,send,first"), and FLORIN_SWEEP_PLACE keeps how far that has
// come, so that an interrupted sweep goes on there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import node_test from 'node:test';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const swept = process.env.FLORIN_SWEEP?.split(',');
const full = swept !== undefined;
const kSampled = { sync: 5, write: 5, torn: 3, send: 5 };
const kFirstStarts = 6;

// What has been tried of each kind: the last n and the kills so far; gone with the sweep's end.
const place_file = process.env.FLORIN_SWEEP_PLACE;
const place = full && place_file && fs.existsSync(place_file) ? JSON.parse(fs.readFileSync(place_file, 'utf8')) : {};
function come_to(name, done) {
  place[name] = done;
  if (place_file) fs.writeFileSync(place_file, JSON.stringify(place));
}

// The store has a folder of its own: all in it counts, and the log outside does not.
const florin = await start_appliance({ faults: '/store' });
const { faults } = florin;
const porto = florin.as('porto');
const receiver = await WebhookReceiver.open();
await porto.post('/webhook-endpoints', { url: receiver.url });

// One client and its three requests, each under a key of its own.
class Script {
  static made = 0;
  constructor() {
    // Amounts that no other script has: a payment's end in 0, its refund's in 7.
    this.amount = 10_000 + (Script.made += 1) * 10;
    this.refund = this.amount - 3;
    this.key = `sweep-${this.amount}`;
    this.told = [];
  }
  // Asked until it is answered: again under the same key, and first once the daemon is back when it died.
  async ask(where, body) {
    const one = { path: where, body, key: `${this.key}-${where.split('/').at(-1)}` };
    try {
      return await oracles.settle_unanswered(porto, one);
    } catch (error) {
      if (!faults.struck) throw error;
      await revive();
      return oracles.settle_unanswered(porto, one);
    }
  }
  async run() {
    const taken = await this.ask('/payments', {
      amount: this.amount,
      currency: 'EUR',
      payment_method: { type: 'card', card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' } },
      capture_method: 'manual',
      metadata: { route: 'stripe-one' },
    });
    const payment = taken.json.error?.payment ?? taken.json;
    this.id = payment.id;
    this.told.push(payment);
    if (payment.status !== 'requires_capture') return;
    const captured = await this.ask(`/payments/${this.id}/capture`, {});
    if (captured.status === 200) this.told.push(captured.json);
    const refunded = await this.ask(`/payments/${this.id}/refund`, { amount: this.refund });
    if (refunded.status === 201 && refunded.json.status === 'succeeded') this.told.push({ ...captured.json, amount_refunded: this.refund });
  }

  async is_right() {
    if (!this.id) return;
    for (const told of this.told) await oracles.still_holds(porto, told);
    const entries = [...(await florin.far_sides.entries('stripe', this.amount)), ...(await florin.far_sides.entries('stripe', this.refund))];
    const times = (kind) => entries.filter((entry) => entry.kind === kind).length;
    assert.ok(times('captured') <= 1 && times('refunded') <= 1, `twice: ${JSON.stringify(entries)}`);
    const payment = await until(`${this.id} to say what the far side's books say`, async () => {
      const now = await porto.payment(this.id, 'ledger');
      return now.amount_captured === times('captured') * this.amount && now.amount_refunded === times('refunded') * this.refund && now;
    });
    assert.equal(payment.ledger.reduce((sum, line) => sum + line.amount, 0), 0, 'its lines in the ledger balance');
  }
}

let revived = 0;
async function revive() {
  revived += 1;
  assert.equal(await florin.daemon_ended(), 'SIGKILL', 'it ended by our hand and no other');
  faults.spare();
  await florin.start_daemon();
}

// Runs one script that is to die at call n of `kind`. True: it did.
async function struck(kind, n, torn) {
  const script = new Script();
  const before = revived;
  faults.kill_at(kind, n, torn);
  await script.run();
  // What the script started goes on for a moment: the daemon can die of that too.
  await until('its events to be delivered, or the end', async () => {
    const payment = await porto.payment(script.id, 'events').catch(() => undefined);
    if (faults.struck) return true;
    const told = new Set(receiver.received.map(({ event }) => event.id));
    return payment?.events.every(({ id }) => told.has(id));
  });
  if (faults.struck) await revive();
  const died = revived > before;
  faults.spare();
  await script.is_right();
  return died;
}

// How many calls of `kind` an untouched script makes.
async function calls_of_a_script(kind) {
  assert.equal(await struck(kind, 1_000_000, false), false);
  return faults.get(kind);
}

function* spread(count, last) {
  for (let i = 0; i < count; i += 1) yield 1 + Math.floor(((i + Math.random()) * last) / count);
}

for (const [name, kind, torn] of [['sync', 'sync', false], ['write', 'write', false], ['torn', 'write', true], ['send', 'send', false]]) {
  if (full && !swept.includes(name)) continue;
  florin.test(`killed at ${full ? 'every' : 'a sample of its'} ${name} calls, nothing is lost or doubled`, async () => {
    let kills = 0;
    if (full) {
      let { n, kills: before, over } = place[name] ?? { n: 0, kills: 0, over: false };
      kills = before;
      // Threads share the count, so that the last number differs a little between runs: three in a row are the end.
      for (let untouched = 0; !over && untouched < 3; come_to(name, { n, kills, over: false })) {
        if (await struck(kind, (n += 1), torn)) (kills += 1), (untouched = 0);
        else untouched += 1;
      }
      come_to(name, { n, kills, over: true });
    } else {
      for (const n of spread(kSampled[name], await calls_of_a_script(kind))) if (await struck(kind, n, torn)) kills += 1;
    }
    assert.ok(kills > 0);
    console.log(`${name}: ${kills} kills`);
  });
}

florin.test('after all kills the books agree, the ledger verifies and everything was told', async () => {
  await oracles.all_settled(porto);
  oracles.nobody_charged_twice(await oracles.all_books(florin.far_sides));
  await oracles.books_agree(porto, florin.far_sides);
  oracles.ledger_verifies(florin);
  await oracles.everything_told(porto, receiver);
});

if (!full || swept.includes('first')) florin.test(`a first start killed at ${full ? 'any' : 'some'} call is followed by one that works`, async () => {
  await florin.end_daemon();
  const own = florin.store;
  let number = 0;
  // Starts on an empty folder, to die at call n. Answers whether it did, and then starts again for good.
  const first_start = async (kind, n) => {
    const folder = path.join(florin.directory, `store-first-${(number += 1)}`);
    fs.mkdirSync(folder);
    florin.store = { url: `sqlite:${path.join(folder, 'florin.db')}` };
    faults.kill_at(kind, n);
    const died = await florin.start_daemon().then(() => false, () => true);
    faults.spare();
    const calls = faults.get(kind);
    if (died) await florin.start_daemon();
    const paid = await porto.pay(1, { route: 'bench' });
    assert.equal(paid.json.status, 'succeeded', paid.text);
    await florin.end_daemon();
    oracles.ledger_verifies(florin);
    fs.rmSync(folder, { recursive: true });
    return { died, calls };
  };
  let kills = 0;
  for (const kind of ['sync', 'name', 'write']) {
    if (full) {
      for (let n = 1; (await first_start(kind, n)).died; n += 1) kills += 1;
    } else {
      const { calls } = await first_start(kind, 1_000_000);
      for (const n of spread(kFirstStarts / 3, calls)) kills += (await first_start(kind, n)).died ? 1 : 0;
    }
  }
  florin.store = own;
  await florin.start_daemon();
  assert.ok(kills > 0);
  console.log(`first start: ${kills} kills`);
});

// Where a kind has failed, the next sweep goes on there.
const all_over = () => swept.every((name) => name === 'first' || place[name]?.over);
if (full && place_file) node_test('the sweep is over', () => all_over() && fs.rmSync(place_file, { force: true }));
