// Plugins by strangers in a running product: Florin installed under one prefix, its SDK under another, a provider
// built by g++ and nothing else and one plugin of each kind from `florin plugin new`, dropped into the product's
// plugin folder; paid through over HTTP, heard in a payment's risk, and carried to a receiver.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { card, cards } from '../support/api_client.mjs';
import { until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const build = process.env.FLORIN_BINARY_DIR ?? fileURLToPath(new URL('../../build/release', import.meta.url));
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-stranger-'));
const [prefix, sdk, built] = ['florin', 'sdk', 'build'].map((name) => path.join(directory, name));
after(() => fs.rmSync(directory, { recursive: true, force: true }));
process.umask(0o022); // A plugin that others may write is refused.
const run = (program, ...options) => execFileSync(program, options, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
const florin_program = (...options) => run(path.join(prefix, 'bin', 'florin'), ...options);

run('cmake', '--install', build, '--prefix', prefix, '--component', 'runtime');
run('cmake', '--install', build, '--prefix', sdk, '--component', 'sdk');
const cached = (name) => fs.readFileSync(path.join(build, 'CMakeCache.txt'), 'utf8').match(new RegExp(`^${name}:\\w+=(.*)$`, 'm'))?.[1] ?? '';
// A sanitized host loads only what was built with the same sanitizer.
const sanitizer = cached('FLORIN_SANITIZE');
// Where Florin was built with ccache, what `florin plugin new` writes is compiled once for as long as it stays.
const ccache = cached('FLORIN_CCACHE');
const launcher = ccache && !ccache.endsWith('NOTFOUND') ? [`-DCMAKE_CXX_COMPILER_LAUNCHER=${ccache}`] : [];
Object.assign(process.env, { CCACHE_BASEDIR: directory, CCACHE_NOHASHDIR: '1' });
const same_flags = sanitizer ? [`-fsanitize=${sanitizer}`] : [];

process.env.FLORIN_BINARY_DIR = prefix;
const { start_appliance } = await import('../support/appliance.mjs');
const florin = await start_appliance();
const { test, far_sides } = florin;

function drop(file, kind) {
  const place = path.join(prefix, 'plugins', kind, path.basename(file));
  fs.copyFileSync(file, place);
  fs.chmodSync(place, 0o755);
}
const listed = () => JSON.parse(florin.cli('--json', 'plugin', 'list')).map(({ kind, name, version, state }) => `${kind} ${name} ${version} ${state}`);
const shop = florin.as('stranger');

test('before it is there, a configuration that names it is refused where it does', () => {
  fs.writeFileSync(path.join(florin.config, 'merchants', 'stranger.yaml'), `name: Stranger
currency: EUR
country: PT
test_keys: true
accounts:
  gifts: { provider: voucher, worth_minor: 5000 }
  acme-eu: { provider: acme, api_key: key_test_stranger }
  bench: { provider: test }
fraud:
  - { rule: hasty, payments_per_hour_max: 1, score: 35 }
notifiers:
  people: { notifier: news, api_key: key_test_stranger, recipients: [owner], events: [payment.succeeded] }
routing:
  policy: routing/as_the_payment_says
  otherwise: [acme-eu]
risk:
  policy: risk/score_threshold
  otherwise: review
`);
  assert.throws(() => florin.cli('check'), ({ status, stdout, stderr }) => status === 1 &&
    [[6, 'voucher'], [7, 'acme'], [10, 'hasty'], [12, 'news']].every(([line, name]) =>
      new RegExp(`stranger\\.yaml:${line}:\\d+: .*"${name}"`).test(stdout + stderr)));
  assert.ok(!listed().some((line) => /acme|voucher|hasty|news/.test(line)));
});

test('one file, the installed headers and g++ make a provider; it is dropped in', async () => {
  fs.mkdirSync(built);
  const source = fileURLToPath(new URL('fixtures/voucher.cpp', import.meta.url));
  run('g++', '-std=c++20', '-shared', '-fPIC', '-fvisibility=hidden', ...same_flags, `-I${sdk}/include`, source,
    `-L${sdk}/lib`, '-lflorin-sdk', '-o', path.join(built, 'voucher.so'));
  drop(path.join(built, 'voucher.so'), 'providers');
});

// One build for all three, a file a plugin and not optimized: plugin_sdk_test builds each as its README says.
test('`florin plugin new` writes folders of each kind that build against the installed SDK', () => {
  const kinds = { acme: 'provider', news: 'notifier', hasty: 'fraud' };
  for (const [name, kind] of Object.entries(kinds)) {
    const written = florin_program('plugin', 'new', name, '--kind', kind, '--directory', directory);
    assert.match(written, new RegExp(`^wrote .*/${name}/schema\\.json$`, 'm'));
  }
  const folders = Object.keys(kinds).map((name) => `add_subdirectory(${name})\n`).join('');
  fs.writeFileSync(path.join(directory, 'CMakeLists.txt'), `cmake_minimum_required(VERSION 3.25)\nproject(all LANGUAGES CXX)\n${folders}`);
  run('cmake', '-S', '.', '-B', built, '-G', 'Ninja', `-DCMAKE_PREFIX_PATH=${sdk}`, '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_UNITY_BUILD=ON',
    ...launcher, '-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON',
    `-DCMAKE_CXX_FLAGS=${same_flags.join(' ')}`);
  run('cmake', '--build', built, '--parallel', '2');
  const folder = path.join(built, 'plugins');
  for (const kind of fs.readdirSync(folder)) for (const file of fs.readdirSync(path.join(folder, kind))) drop(path.join(folder, kind, file), kind);
});

test('what `florin plugin new` wrote passes the conformance suite as it stands', () => {
  const said = execFileSync(path.join(build, 'tests', 'conformance_test'), ['--gtest_filter=-*/Contract.*'], {
    encoding: 'utf8',
    env: { ...process.env, FLORIN_CONFORMANCE_PLUGINS: path.join(built, 'plugins'), FLORIN_CONFORMANCE_FOLDERS: directory },
  });
  assert.match(said, /\[  PASSED  \] \d{2,} tests/);
  assert.match(said, /Authorizing\.AnApprovedSaleIsTakenOnceAndExactly\/acme/);
});

test('all are listed as loaded by the daemon that was started with them, and its configuration is taken', async () => {
  assert.match(florin.cli('check'), /./);
  await florin.restart_far_sides();
  assert.equal(await florin.restart(), 0);
  const lines = listed();
  for (const line of ['provider voucher 3.1.4 loaded', 'provider acme 0.1.0 loaded', 'notifier news 0.1.0 loaded', 'fraud_rule hasty 0.1.0 loaded'])
    assert.ok(lines.includes(line), lines.join('\n'));
  assert.match(florin.cli('plugin', 'list'), /^provider +acme +0\.1\.0 +loaded/m);
});

test('the new provider takes a payment over HTTP, captures, refunds and declines; its far side has it once', async () => {
  const paid = await shop.pay(1234, { route: 'acme-eu' });
  assert.equal(paid.status, 201, paid.text);
  assert.equal(paid.json.status, 'succeeded');
  assert.equal(paid.json.provider, 'acme');
  const refunded = await shop.post(`/payments/${paid.json.id}/refund`, { amount: 234 });
  assert.equal(refunded.status, 201, refunded.text);
  const { entries } = await far_sides.control('GET', '/books/acme');
  assert.deepEqual(entries.map(({ kind, amount }) => `${kind} ${amount}`), ['authorized 1234', 'captured 1234', 'refunded 234']);

  const held = await shop.pay(2000, { route: 'acme-eu', capture_method: 'manual' });
  assert.equal((await shop.post(`/payments/${held.json.id}/capture`, {})).json.status, 'succeeded');
  const declined = await shop.pay(1235, { route: 'acme-eu', method: card(cards.poor) });
  assert.equal(declined.status, 402, declined.text);
  assert.equal(declined.json.error.decline_code, 'insufficient_funds');
});

test('the one-file provider takes what it can, and its "no" names the reason', async () => {
  const paid = await shop.pay(5000, { route: 'gifts', method: { type: 'voucher' } });
  assert.equal(paid.status, 201, paid.text);
  assert.equal(paid.json.status, 'succeeded');
  assert.equal((await shop.post(`/payments/${paid.json.id}/refund`, {})).status, 201);
  const short = await shop.pay(5001, { route: 'gifts', method: { type: 'voucher' } });
  assert.equal(short.json.error.decline_code, 'insufficient_funds');
  assert.match(florin.cli('policy', 'explain', short.json.error.payment.id), /declined, insufficient_funds \(worth_less\): the voucher is worth less/);
});

test('the new fraud rule’s signal is in a payment’s risk, when it has something to say', async () => {
  const signal_of = async (amount) => {
    const paid = await shop.pay(amount, { route: 'bench', method: card('5555555555554444') });
    assert.equal(paid.status, 201, paid.text);
    return (await shop.payment(paid.json.id, 'risk')).risk[0].signals.find(({ rule }) => rule === 'hasty');
  };
  assert.equal((await signal_of(3001)).score, 0);
  const second = await signal_of(3002);
  assert.equal(second.score, 35);
  assert.deepEqual(second.reasons, ['2 payments with the same card within an hour']);
});

test('its books are right and what it did survives kill -9', async () => {
  await florin.restart('SIGKILL');
  const sum = (await shop.get('/ledger/balances')).json.data.reduce((all, { amount }) => all + amount, 0);
  assert.equal(sum, 0);
  const { data } = (await shop.get('/payments/history')).json;
  assert.equal(data.filter(({ status }) => status === 'succeeded').length, 5);
});

test('the new notifier’s message is carried to whom the configuration names', async () => {
  const receiver = await WebhookReceiver.open();
  after(() => receiver.close());
  florin.set = [`sandbox.url=${new URL(receiver.url).origin}`]; // Its far side is the receiver now.
  assert.equal(await florin.restart(), 0);
  const paid = await shop.pay(3003, { route: 'bench', method: card('4000056655665556') });
  const told = await until('the message', () => receiver.received.find(({ event }) => event.data.payment === paid.json.id));
  assert.equal(told.path, '/news/v1/messages');
  assert.equal(told.headers.authorization, 'Bearer key_test_stranger');
  assert.equal(told.event.to, 'owner');
  assert.match(told.event.title, /payment succeeded, 30\.03 EUR/);
});
