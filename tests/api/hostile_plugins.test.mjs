// Plugins whose code does its worst, in a running florind: whatever it is, a payment is answered or in doubt and in the
// end charged at most once, other providers keep working, and a process that it ends is started again.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';

import { start_appliance } from '../support/appliance.mjs';
import { free_port, until } from '../support/http.mjs';
import { WildFarSide, add_wild_account, misbehaving_plugins } from '../support/misbehaving_plugins.mjs';
import * as oracles from '../support/oracles.mjs';
import { slowdown } from '../support/sanitizers.mjs';

const plugins = misbehaving_plugins();
const florin = await start_appliance({ crashes: true, set: [`plugins.folder=${plugins}`, 'server.drain_ms=500'] });
const { test } = florin;
const shop = florin.as('porto');
const far_side = await WildFarSide.open(florin.far_sides.url);
add_wild_account(florin, 'porto', ', honest_lookup: true');
florin.set.push(`sandbox.url=${far_side.url}`);
assert.equal(await florin.restart(), 0);

let amount = 40_000;
const wild = (description, key = crypto.randomUUID()) =>
  shop.pay((amount += 1), { route: 'wild', description, headers: { 'Idempotency-Key': key } });
const plugin = async () => (await florin.nobody().call('GET', '/readyz')).json.plugins.find(({ name }) => name === 'misbehaving');
async function others_work() {
  const paid = await shop.pay((amount += 1), { route: 'stripe-one' });
  assert.equal(paid.json.status, 'succeeded', paid.text);
}
// One charge, and that is what the payment says: whatever was in doubt has been asked about.
async function is_charged_once(payment) {
  const settled = await shop.payment_becomes(payment.id, 'succeeded');
  assert.equal(settled.amount_captured, settled.amount);
  const { attempts } = await shop.payment(payment.id, 'attempts');
  assert.equal(attempts.filter(({ id }) => far_side.charges.has(id)).length, 1);
  for (const { id } of attempts) assert.ok((far_side.charges.get(id) ?? 0) <= 1, 'charged twice');
}

for (const how of ['throw int', 'throw own', 'throw exception', 'ask for too much memory']) {
  test(`it may ${how}: before anything left the payment fails, after it the payment is in doubt and looked up`, async () => {
    const charges = far_side.charges.size;
    const failed = await wild(how);
    assert.equal(failed.status, 502, failed.text);
    assert.equal(far_side.charges.size, charges);
    const doubted = await wild(`after ${how}`);
    assert.equal(doubted.status, 201, doubted.text);
    await is_charged_once(doubted.json);
    await others_work();
  });
}

test('it may leak: nothing else is worse off', async () => {
  for (let time = 0; time < 10; time += 1) assert.equal((await wild('leak')).json.status, 'succeeded');
  await others_work();
});

test('it may send SIGTERM: that is no order of an operator’s', async () => {
  assert.equal((await wild('send SIGTERM')).json.status, 'succeeded');
  await until('the log to say so', () => /signal 15 was sent by this process itself/.test(florin.log));
  await others_work();
});

test('it may ask for ever: it is given up in doubt, and its payment looked up', async () => {
  const asked = await wild('ask for ever');
  assert.equal(asked.status, 201, asked.text);
  await until('it to be settled', async () => (await shop.payment(asked.json.id)).status === 'succeeded');
  assert.equal(far_side.charges.size > 0, true);
  assert.match(florin.log, /misbehaving never came to an end in authorize/);
  await others_work();
});

test('it may wait for ever: its caller is answered in time, and what it had begun is looked up', async () => {
  const began = Date.now();
  const [before, after] = await Promise.all([wild('wait for ever'), wild('after wait for ever'), others_work()]);
  for (const { status, text, json } of [before, after]) {
    assert.equal(status, 201, text);
    assert.equal(json.status, 'processing');
  }
  assert.ok(Date.now() - began < 10_000 * slowdown, 'answered within ten seconds');
  await is_charged_once(after.json);
  const payment = await until('the other to be over', async () => {
    const now = await shop.payment(before.json.id);
    return now.status !== 'processing' && now;
  });
  assert.equal(payment.status, 'requires_payment_method', 'nothing had left, so that it may be paid otherwise');
});

test('it may wait for ever while florind is to stop: that ends all the same, and the payment is settled after it', async () => {
  const key = crypto.randomUUID();
  const cut_off = wild('after wait for ever', key).catch(() => {});
  const charges = far_side.charges.size;
  await until('its charge', () => far_side.charges.size > charges);
  const began = Date.now();
  assert.equal(await florin.end_daemon(), 0);
  assert.ok(Date.now() - began < 9000 * slowdown, 'it did not wait for the plugin');
  await cut_off;
  await florin.start_daemon();
  const { data } = (await shop.get('/payments/history?limit=1')).json;
  await is_charged_once(data[0]);
});

const kDeaths = {
  abort: 'SIGABRT',
  segfault: 'SIGSEGV',
  'run out of stack': 'SIGSEGV',
  'throw where nothing may': 'SIGABRT',
  'throw on a thread': 'SIGABRT',
  exit: 'SIGABRT',
  'exit on a thread': 'SIGABRT',
  quick_exit: 'SIGABRT',
  _exit: 'SIGABRT',
};
for (const [how, end] of Object.entries(kDeaths)) {
  // A sanitizer reports a fault of memory itself, and the run would fail for it.
  if (slowdown !== 1 && end === 'SIGSEGV') continue;
  test(`it may ${how}: the next start names it and asks what became of the payment`, async () => {
    const body = { amount: (amount += 1), currency: 'EUR', payment_method: { type: 'card', card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' } }, metadata: { route: 'wild' }, description: `after ${how}` };
    const key = crypto.randomUUID();
    const ended = florin.daemon_ended();
    await assert.rejects(shop.post('/payments', body, { 'Idempotency-Key': key }));
    assert.equal(await ended, end);
    const before = florin.log.length;
    await florin.start_daemon();
    assert.match(florin.log.slice(before), /plugin provider misbehaving took the last process down/);
    const settled = await oracles.settle_unanswered(shop, { path: '/payments', body, key });
    await is_charged_once(settled.json);
    await others_work();
    florin.cli('plugin', 'lift', 'misbehaving');
  });
}

test('a step that never ends is ended with the process; the next start names it', async () => {
  const asked = await wild('after hang');
  assert.equal(asked.json.status, 'processing', 'answered in time, by another worker');
  assert.equal(await florin.daemon_ended(), 'SIGABRT');
  const before = florin.log.length;
  await florin.start_daemon();
  assert.match(florin.log.slice(before), /misbehaving took the last process down: a step of it never ended/);
  assert.equal((await plugin()).state, 'loaded');
  await is_charged_once(asked.json);
  florin.cli('plugin', 'lift', 'misbehaving');
});

test('after all of it the ledger verifies', () => oracles.ledger_verifies(florin));

test('florin demo starts florind again after each exit, also one with status 0, and without the plugin after two', async () => {
  await florin.end_daemon();
  florin.cli('plugin', 'list'); // Looks at the marks of a clean end.
  const log = path.join(florin.directory, 'demo.log');
  const { child } = await florin.run('florin', ['demo', '--sandbox-port', String(await free_port())], log);
  const state = () => plugin().then((one) => one.state, () => 'not there');
  for (const [how, then] of [['exit_group', 'loaded'], ['exit', 'loaded'], ['_exit', 'quarantined']]) {
    await until('the daemon', async () => (await state()) === 'loaded');
    await assert.rejects(wild(how));
    await until(`it to be ${then} after ${how}`, async () => (await state()) === then);
  }
  await others_work();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.ref();
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});
