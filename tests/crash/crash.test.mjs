// The first form of the crash drill: under load the daemon is killed with -9 at random moments and started
// again, round after round; then Florin's books and events are held against the sandboxes' own books.
// FLORIN_CRASH_ROUNDS says how often (10). Oracles I1 to I6 of the drills.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const rounds = Number(process.env.FLORIN_CRASH_ROUNDS ?? 10);
const clients = 12;
const build = process.env.FLORIN_BINARY_DIR ?? fileURLToPath(new URL('../../build/release', import.meta.url));
const routes = ['stripe-one,stripe-two', 'wallet', 'stripe-gone,stripe-two', 'stripe-two'];

const florin = await start_appliance();
const porto = florin.as('porto');
const receiver = await WebhookReceiver.open();

// What was acknowledged, by payment id; and what was asked but not answered.
const acknowledged = new Map();
const unanswered = [];
let running = true;
let number = 0;

const pick = (list) => list[crypto.randomInt(list.length)];

// One request under one key. A connection that dies, a 409 and a 5xx are kept, to be asked again.
async function ask(path_of, body) {
  const key = crypto.randomUUID();
  try {
    const answer = await porto.post(path_of, body, { 'Idempotency-Key': key });
    if (answer.status < 500 && answer.status !== 409) return answer;
  } catch {
    // The daemon is gone.
  }
  unanswered.push({ path: path_of, body, key });
  return undefined;
}

function note(answer) {
  const payment = answer.json.error?.payment ?? answer.json;
  if (payment?.object === 'payment') acknowledged.set(payment.id, payment);
  return payment;
}

async function shopper() {
  while (running) {
    const manual = crypto.randomInt(3) === 0;
    const taken = await ask('/payments', {
      amount: 1000 + (number += 1),
      currency: 'EUR',
      payment_method: card(crypto.randomInt(8) === 0 ? '4000000000000002' : '4242424242424242'),
      capture_method: manual ? 'manual' : 'automatic',
      metadata: { route: pick(routes) },
    });
    if (!taken) {
      await sleep(20);
      continue;
    }
    const payment = note(taken);
    if (payment?.status === 'requires_capture') {
      const captured = await ask(`/payments/${payment.id}/capture`, {});
      if (captured) note(captured);
    } else if (payment?.status === 'succeeded' && crypto.randomInt(3) === 0) {
      await ask(`/payments/${payment.id}/refund`, { amount: 1 + crypto.randomInt(500) });
    }
  }
}

// Now and then a far side does wrong: silent before or after it acted, or failing.
async function saboteur() {
  while (running) {
    await sleep(100 + crypto.randomInt(200));
    const mode = pick(['silent_after', 'silent_before', 'status']);
    await florin.far_sides
      .fault({ plugin: pick(['stripe', 'paypal']), method: 'POST', mode, ...(mode === 'status' ? { status: 503 } : {}), times: 1 })
      .catch(() => {});
  }
}

async function all_events() {
  const events = [];
  for (let after = 0; ; ) {
    const { json } = await porto.get(`/events?after=${after}&limit=100`);
    events.push(...json.data);
    if (!json.has_more) return events;
    after = json.data.at(-1).seq;
  }
}

const total = (entries, kind) => entries.filter((entry) => entry.kind === kind).reduce((sum, entry) => sum + entry.amount, 0);

florin.test(`after ${rounds} kills under load nothing is lost, doubled or untold`, async () => {
  const made = await porto.post('/webhook-endpoints', { url: receiver.url });
  assert.equal(made.status, 201, made.text);

  const crowd = [saboteur(), ...Array.from({ length: clients }, shopper)];
  for (let round = 0; round < rounds; round += 1) {
    await sleep(150 + crypto.randomInt(500));
    await florin.end_daemon('SIGKILL');
    const began = Date.now();
    await florin.start_daemon();
    assert.ok(Date.now() - began < 5000, 'ready again within five seconds, whatever else this machine does');
  }
  running = false;
  await Promise.all(crowd);
  await florin.far_sides.heal();

  // I5: every unanswered request can be asked again under its key, to exactly one effect.
  for (const { path: where, body, key } of unanswered) {
    const answer = await until(
      `an answer to ${where}`,
      async () => {
        const again = await porto.post(where, body, { 'Idempotency-Key': key });
        return again.status !== 409 || again.json.error.type !== 'idempotency_error' ? again : undefined;
      },
      60_000,
    );
    const twin = await porto.post(where, body, { 'Idempotency-Key': key });
    if (answer.status < 500) assert.equal(twin.text, answer.text, 'a replay is the same bytes');
    note(answer);
  }

  // I7: what was in doubt is settled within its bound.
  await until(
    'every payment to be settled',
    async () => (await porto.get('/payments/history?status=processing&limit=1')).json.data.length === 0,
    90_000,
  );

  // I1: every acknowledged payment is found again, and never went backwards.
  for (const [id, told] of acknowledged) {
    const now = await porto.payment(id);
    assert.equal(now.amount, told.amount);
    if (told.status === 'succeeded') assert.equal(now.status, 'succeeded', `${id} was told as succeeded`);
    assert.ok(now.amount_captured >= told.amount_captured, `${id} lost a capture`);
  }

  // I2: no payment is charged twice: of its authorizations at most one is neither voided nor left behind.
  const books = [];
  for (const provider of ['stripe', 'paypal']) books.push(...(await florin.far_sides.control('GET', `/books/${provider}`)).entries);
  const voided = new Set(books.filter(({ kind }) => kind === 'voided').map(({ reference }) => reference));
  const charges = new Map();
  for (const entry of books.filter(({ kind }) => kind === 'captured')) {
    if (voided.has(entry.reference)) continue;
    const references = charges.get(entry.amount) ?? new Set();
    charges.set(entry.amount, references.add(entry.reference));
  }
  // Every payment has an amount of its own.
  for (const [amount, references] of charges) assert.equal(references.size, 1, `amount ${amount} was charged at ${[...references]}`);

  // I4: our books say what the far sides' books say, to the last unit.
  await until('refunds to settle', async () => {
    const { json } = await porto.get('/ledger/balances');
    const balance = (account) => json.data.filter((one) => one.account === account).reduce((sum, one) => sum + one.amount, 0);
    return -balance('sales') === total(books, 'captured') && balance('refunds') === total((await all_books()), 'refunded');
  }, 60_000);
  const verified = execFileSync(path.join(build, 'bin', 'florin'), ['--config', florin.config, '--set', `store.url=${florin.store.url}`, 'ledger', 'verify'], { encoding: 'utf8', cwd: florin.directory });
  assert.match(verified, /^ok/);

  // I6: the live sequence has no gap, and each event was delivered at least once, under one id.
  const events = await all_events();
  events.forEach((event, index) => assert.equal(event.seq, index + 1));
  await until(
    'every event to be delivered',
    () => {
      const told = new Set(receiver.received.map(({ event }) => event.id));
      return events.every(({ id }) => told.has(id));
    },
    90_000,
  );
  console.log(`${rounds} kills, ${acknowledged.size} payments acknowledged, ${unanswered.length} requests unanswered and settled, ` +
    `${books.length} book entries, ${events.length} events`);
});

async function all_books() {
  const entries = [];
  for (const provider of ['stripe', 'paypal']) entries.push(...(await florin.far_sides.control('GET', `/books/${provider}`)).entries);
  return entries;
}
