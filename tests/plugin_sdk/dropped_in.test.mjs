// Plugins by strangers in a running product: Florin installed under one prefix, its SDK under another, two
// providers built against the SDK alone (one by g++ and nothing else, one from `florin plugin new`), dropped
// into the product's plugin folder, and paid through over HTTP.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { card, cards } from '../support/api_client.mjs';

const build = process.env.FLORIN_BINARY_DIR ?? fileURLToPath(new URL('../../build/release', import.meta.url));
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-stranger-'));
const [prefix, sdk, built, acme] = ['florin', 'sdk', 'build', 'acme'].map((name) => path.join(directory, name));
after(() => fs.rmSync(directory, { recursive: true, force: true }));
process.umask(0o022); // A plugin that others may write is refused.
const run = (program, ...options) => execFileSync(program, options, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
const florin_program = (...options) => run(path.join(prefix, 'bin', 'florin'), ...options);

run('cmake', '--install', build, '--prefix', prefix, '--component', 'runtime');
run('cmake', '--install', build, '--prefix', sdk, '--component', 'sdk');
// A sanitized host loads only what was built with the same sanitizer.
const [, sanitizer] = fs.readFileSync(path.join(build, 'CMakeCache.txt'), 'utf8').match(/^FLORIN_SANITIZE:STRING=(.*)$/m);
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
routing:
  policy: routing/as_the_payment_says
  otherwise: [acme-eu]
risk:
  policy: risk/score_threshold
  otherwise: review
`);
  assert.throws(() => florin.cli('check'), ({ status, stdout, stderr }) => status === 1 &&
    /stranger\.yaml:6:\d+: .*voucher/.test(stdout + stderr) && /stranger\.yaml:7:\d+: .*acme/.test(stdout + stderr));
  assert.ok(!listed().some((line) => /acme|voucher/.test(line)));
});

test('one file, the installed headers and g++ make a provider; it is dropped in', async () => {
  fs.mkdirSync(built);
  const source = fileURLToPath(new URL('fixtures/voucher.cpp', import.meta.url));
  run('g++', '-std=c++20', '-shared', '-fPIC', '-fvisibility=hidden', ...same_flags, `-I${sdk}/include`, source,
    `-L${sdk}/lib`, '-lflorin-sdk', '-o', path.join(built, 'voucher.so'));
  drop(path.join(built, 'voucher.so'), 'providers');
});

test('`florin plugin new` writes a folder that builds against the installed SDK', () => {
  const written = florin_program('plugin', 'new', 'acme', '--kind', 'provider', '--directory', directory);
  assert.match(written, /^wrote .*\/acme\/provider\.cpp$/m);
  run('cmake', '-S', acme, '-B', built, `-DCMAKE_PREFIX_PATH=${sdk}`, '-DCMAKE_BUILD_TYPE=Debug',
    '-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON', `-DCMAKE_CXX_FLAGS=${same_flags.join(' ')}`);
  run('cmake', '--build', built, '--parallel', '2');
  for (const kind of ['providers', 'sandboxes']) drop(path.join(built, 'plugins', kind, 'acme.so'), kind);
});

test('what `florin plugin new` wrote passes the conformance suite as it stands', () => {
  const said = execFileSync(path.join(build, 'tests', 'conformance_test'), ['--gtest_filter=-*/Contract.*'], {
    encoding: 'utf8',
    env: { ...process.env, FLORIN_CONFORMANCE_PLUGINS: path.join(built, 'plugins'), FLORIN_CONFORMANCE_FOLDERS: directory },
  });
  assert.match(said, /\[  PASSED  \] \d{2,} tests/);
  assert.match(said, /Authorizing\.AnApprovedSaleIsTakenOnceAndExactly\/acme/);
});

test('both are listed as loaded by the daemon that was started with them, and its configuration is taken', async () => {
  assert.match(florin.cli('check'), /./);
  await florin.restart_far_sides();
  assert.equal(await florin.restart(), 0);
  const lines = listed();
  assert.ok(lines.includes('provider voucher 3.1.4 loaded') && lines.includes('provider acme 0.1.0 loaded'), lines.join('\n'));
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

test('its books are right and what it did survives kill -9', async () => {
  await florin.restart('SIGKILL');
  const sum = (await shop.get('/ledger/balances')).json.data.reduce((all, { amount }) => all + amount, 0);
  assert.equal(sum, 0);
  const { data } = (await shop.get('/payments/history')).json;
  assert.equal(data.filter(({ status }) => status === 'succeeded').length, 3);
});
