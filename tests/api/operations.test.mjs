// What operators and hostile clients see: health, figures, limits, malformed requests, signals.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { raw, request, until } from '../support/http.mjs';

const florin = await start_appliance({ set: ['server.limits.header_time_ms=300', 'server.drain_ms=3000'] });
const { test } = florin;
const shop = florin.as('porto');
const kHost = 'Host: localhost\r\n';

test('it says where it is ready, on one line', () => {
  assert.equal(florin.ready_line, `florin ready http://localhost:${florin.port}`);
});

test('/healthz and /readyz answer, the latter with each plugin’s state', async () => {
  assert.equal((await florin.nobody().call('GET', '/healthz')).json.status, 'ok');
  const ready = await florin.nobody().call('GET', '/readyz');
  assert.equal(ready.status, 200, ready.text);
  assert.equal(ready.json.ready, true);
  const states = Object.fromEntries(ready.json.plugins.map(({ name, state }) => [name, state]));
  for (const name of ['stripe', 'paypal', 'cash', 'test', 'fcm', 'smtp', 'velocity', 'amount_outlier'])
    assert.equal(states[name], 'loaded', ready.text);
});

test('/metrics is as Prometheus wants it', async (context) => {
  await shop.pay(7001);
  const { status, text } = await request('GET', `${florin.url}/metrics`);
  assert.equal(status, 200);
  assert.match(text, /^florin_http_requests_total\{status="2xx"\} [1-9]/m);
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (checked.error) return context.diagnostic('promtool is not installed: the format was not linted');
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});

test('requests above the merchant’s rate are answered 429 with Retry-After', async () => {
  const narrow = florin.as('narrow');
  const answers = await Promise.all(Array.from({ length: 20 }, () => narrow.get('/providers')));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 10, `${refused.length} were refused`);
  assert.ok(refused.every(({ headers, json }) => Number(headers['retry-after']) >= 1 && json.error.type === 'rate_limit_error'));
  await until('the key to be let in again', async () => (await narrow.get('/providers')).status === 200);
});

for (const [what, bytes, status] of [
  ['both lengths', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`, 400],
  ['two lengths', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
  ['a negative length', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Content-Length: -2\r\n\r\n{}`, 400],
  ['a bad chunk', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`, 400],
  ['an unknown transfer coding', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Transfer-Encoding: gzip\r\n\r\n`, 501],
  ['a bad method', `G@T / HTTP/1.1\r\n${kHost}\r\n`, 400],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['another version', `GET /healthz HTTP/3.7\r\n${kHost}\r\n`, 505],
  ['too much header', `GET /healthz HTTP/1.1\r\n${kHost}X-Big: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['too much body', `POST /api/v1/payments HTTP/1.1\r\n${kHost}Content-Length: 2000000\r\n\r\n`, 413],
  ['slow headers', `GET /healthz HTTP/1.1\r\n${kHost}`, 408],
]) {
  test(`${what}: answered ${status} and the connection closes`, async () => {
    const answer = await raw(florin.port, bytes);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer);
    assert.equal(answer.match(/^HTTP\/1\.1 /gm).length, 1);
  });
}

for (const [what, body] of [
  ['no JSON', '{"amount":'],
  ['a list', '[]'],
  ['nothing', ''],
  ['deep nesting', '['.repeat(100_000)],
  ['a key twice', '{"amount":1,"amount":2,"currency":"EUR"}'],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from('{"amount":1,"currency":"EUR","description":"'), Buffer.from([0xff]), Buffer.from('"}')])],
]) {
  test(`a body with ${what} is answered 400`, async () => {
    const answer = await shop.post('/payments', body);
    assert.equal(answer.status, 400, answer.text);
  });
}

test('an unknown path is 404, a known one by another method 405', async () => {
  assert.equal((await shop.get('/nothing')).status, 404);
  assert.equal((await shop.delete('/payments')).status, 405);
});

const merchant_file = path.join(florin.config, 'merchants', 'oslo.yaml');
test('SIGHUP takes a changed configuration', async () => {
  const before = fs.readFileSync(merchant_file, 'utf8');
  fs.writeFileSync(merchant_file, before.replace('till: { provider: cash }', 'till: { provider: cash }\n  drawer: { provider: cash }'));
  florin.daemon.kill('SIGHUP');
  const oslo = florin.as('oslo');
  await until('the new account', async () => (await oslo.get('/providers')).json.data.some(({ name }) => name === 'drawer'));
  assert.equal((await oslo.pay(7002, { route: 'drawer', method: { type: 'cash' } })).json.account, 'drawer');
});

test('SIGHUP with a mistake keeps the old configuration and says why', async () => {
  const before = fs.readFileSync(merchant_file, 'utf8');
  fs.writeFileSync(merchant_file, before.replace('provider: paypal', 'provider: paypall'));
  florin.daemon.kill('SIGHUP');
  await until('the reason in the log', () => florin.log.includes('not reloaded'));
  assert.match(florin.log, /oslo\.yaml:\d+:\d+/);
  assert.equal((await florin.as('oslo').pay(7003)).status, 201);
  fs.writeFileSync(merchant_file, before);
});

test('SIGTERM lets what is under way end, then the process ends cleanly', async () => {
  await florin.far_sides.fault({ plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents/', mode: 'slow', delay_ms: 700, times: 1 });
  const paying = shop.pay(7004, { method: card() });
  await until('the far side to be asked', async () => (await florin.far_sides.charges(7004)).length === 1);
  const code = await florin.end_daemon('SIGTERM');
  const answer = await paying;
  assert.equal(answer.status, 201, answer.text);
  assert.equal(code, 0);
  await florin.start_daemon();
  assert.equal((await shop.payment(answer.json.id)).status, 'succeeded');
});

test('SIGTERM while a payment is in doubt: its caller is told so, and nobody is waited for', async () => {
  // The far side acts, says nothing, and nothing can be looked up there.
  await florin.far_sides.fault({ plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents/', mode: 'silent_after', delay_ms: 60_000, times: 1 });
  await florin.far_sides.fault({ plugin: 'stripe', method: 'GET', path_prefix: '/v1/', mode: 'silent_before', delay_ms: 60_000, times: 1000 });
  const paying = shop.pay(7005, { method: card() });
  await until('the far side to be asked', async () => (await florin.far_sides.charges(7005)).length === 1);
  assert.equal(await florin.end_daemon('SIGTERM'), 0);
  const answer = await paying;
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'processing');
  assert.doesNotMatch(florin.log, /left to recovery/);
  await florin.far_sides.heal();
  await florin.start_daemon();
  await until('recovery', async () => (await shop.payment(answer.json.id)).status === 'succeeded');
  assert.equal((await florin.far_sides.charges(7005)).length, 1);
});

test('after kill -9 everything that was answered is there', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => shop.pay(7100 + i)));
  assert.equal(await florin.restart('SIGKILL'), 'SIGKILL');
  for (const { json } of answers) assert.equal((await shop.payment(json.id)).status, json.status);
  const sum = (await shop.get('/ledger/balances')).json.data.reduce((all, { amount }) => all + amount, 0);
  assert.equal(sum, 0);
});

test('on a broken florin.yaml no command opens the store or calls the daemon', () => {
  for (const command of ['payments list --merchant porto', 'events tail', 'ledger verify', 'migrate', 'reload', 'policy test']) {
    assert.throws(() => florin.cli('--set', 'server.prot=1', ...command.split(' ')), (error) => {
      assert.equal(error.status, 2, command);
      assert.match(error.stderr, /prot/);
      assert.equal(error.stdout, '', command);
      return true;
    });
  }
});
