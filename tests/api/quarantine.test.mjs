// A plugin that takes the daemon down, twice: the third start goes on without it, says so wherever one looks,
// pays by the other accounts, and takes it back when an operator lifts the quarantine.
import assert from 'node:assert/strict';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { add_wild_account, misbehaving_plugins } from '../support/misbehaving_plugins.mjs';

const plugins = misbehaving_plugins();
const florin = await start_appliance({ crashes: true, set: [`plugins.folder=${plugins}`] });
const { test } = florin;
const shop = florin.as('porto');

const state_of = async (name) => (await florin.nobody().call('GET', '/readyz')).json.plugins.find((one) => one.name === name);

const listed_alone = () =>
  JSON.parse(florin.cli('--set', `plugins.folder=${plugins}`, '--json', 'plugin', 'list')).find(({ name }) => name === 'misbehaving');

test('a plugin that raises SIGSEGV ends the process; the restart names it and takes it once more', async () => {
  add_wild_account(florin, 'porto');
  assert.equal(await florin.restart(), 0);
  for (const faults of [1, 2]) {
    const { daemon } = florin;
    daemon.ref();
    const ended = new Promise((resolve) => daemon.once('exit', (code, by) => resolve(by ?? code)));
    await assert.rejects(shop.pay(9100 + faults, { route: 'wild', description: 'segfault' }));
    assert.equal(await ended, 'SIGSEGV');
    const before = florin.log.length;
    // Without a daemon the command says what the next start will find, and leaves it to that to count.
    for (let look = 0; look < 2; look += 1) assert.equal(listed_alone().state, faults === 1 ? 'loaded' : 'quarantined');
    await florin.start_daemon();
    assert.match(florin.log.slice(before), /plugin provider misbehaving took the last process down: it crashed \(signal 11\b/);
    assert.equal((await state_of('misbehaving')).state, faults === 1 ? 'loaded' : 'quarantined');
  }
});

test('after the second time it is quarantined in /readyz and in florin plugin list, with what to do', async () => {
  assert.equal((await florin.nobody().call('GET', '/readyz')).status, 200);
  assert.match((await state_of('misbehaving')).why, /florin plugin lift misbehaving/);
  const listed = JSON.parse(florin.cli('--json', 'plugin', 'list')).find(({ name }) => name === 'misbehaving');
  assert.equal(listed.state, 'quarantined');
  assert.match(florin.cli('plugin', 'list'), /^provider +misbehaving .*quarantined/m);
});

test('payments go on by the other accounts, and the record says why this one was dropped', async () => {
  const paid = await shop.pay(9110, { route: 'wild,stripe-one' });
  assert.equal(paid.status, 201, paid.text);
  assert.equal(paid.json.account, 'stripe-one');
  const { routing } = await shop.payment(paid.json.id, 'routing');
  const dropped = routing[0].accounts.find(({ name }) => name === 'wild');
  assert.equal(dropped.kept, false);
  assert.match(dropped.why, /quarantined/);
});

test('its provider’s webhooks are put off, not lost', async () => {
  const told = await florin.nobody().call('POST', '/api/v1/webhooks/misbehaving/porto.wild', '{}');
  assert.equal(told.status, 503, told.text);
});

test('a reload of a configuration that names it is taken', () => {
  assert.equal(florin.cli('reload'), 'reloaded\n');
});

test('lifted, it is loaded at the next start', async () => {
  assert.match(florin.cli('plugin', 'lift', 'misbehaving'), /restart florind/);
  assert.equal((await state_of('misbehaving')).state, 'quarantined');
  assert.equal(await florin.restart(), 0);
  assert.equal((await state_of('misbehaving')).state, 'loaded');
  assert.throws(() => florin.cli('plugin', 'lift', 'misbehaving'), ({ status }) => status === 2);
  const failed = await shop.pay(9120, { route: 'wild', description: 'throw int' });
  assert.ok(failed.status >= 400, failed.text);
  await until('its exception in the count', async () => (await state_of('misbehaving')).exceptions > 0);
});
