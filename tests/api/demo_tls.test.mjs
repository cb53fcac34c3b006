// `florin demo --tls`: what it prints works as it stands over https and wss for clients that verify the
// certificate, and the far sides' webhooks come over TLS too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { start_demo } from '../support/demo.mjs';
import { request, until } from '../support/http.mjs';
import { LiveClient } from '../support/live_client.mjs';

const demo = await start_demo(['--tls']);
const certificate = path.join(demo.directory, 'tls', 'certificate.pem');
const url = `https://localhost:${demo.port}`;
await demo.ready({ url, ca: certificate });
const ca = fs.readFileSync(certificate);
const key = { Authorization: 'Bearer sk_test_lisbon_books' };

const pay = (number) =>
  request('POST', `${url}/api/v1/payments`, {
    ca,
    headers: { ...key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ amount: 1250, currency: 'EUR', payment_method: { type: 'card', card: { number, exp_month: 12, exp_year: 2034 } } }),
  });

test('the line that the demo prints takes a payment, the certificate verified', () => {
  const [command] = demo.said.match(/curl [\s\S]*?'\n\n/);
  assert.ok(command.includes(`--cacert '${certificate}' ${url}/`), command);
  const payment = JSON.parse(execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  assert.equal(payment.status, 'succeeded');
});

test('every address that the demo prints for its daemon is https or wss', () => {
  const addresses = demo.said.match(/\b(https?|wss?):\/\/localhost:\d+/g);
  const own = addresses.filter((address) => address.endsWith(`:${demo.port}`));
  assert.ok(own.length >= 5, demo.said);
  assert.deepEqual([...new Set(own)].sort(), [url, `wss://localhost:${demo.port}`]);
});

test('the certificate is good for localhost, 127.0.0.1 and ::1, and without it nobody is fooled', async () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    assert.equal((await request('GET', `https://${host}:${demo.port}/healthz`, { ca })).status, 200, host);
  await assert.rejects(request('GET', `${url}/healthz`), /self-signed certificate/);
});

test('the live feed comes over wss', async () => {
  const live = new LiveClient(`wss://localhost:${demo.port}/ws/merchant/lisbon-books`, { ca });
  await live.subscribe('sk_test_lisbon_books');
  const payment = await pay('4242424242424242');
  await live.event('payment.succeeded', payment.json.id);
  live.close();
});

test('the payer comes back by https', async () => {
  const payment = await pay('4000000000003220');
  assert.equal(payment.json.status, 'requires_action', payment.text);
  const page = payment.json.next_action.url;
  const answer = await request('POST', page, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'outcome=approve' });
  assert.ok(answer.headers.location.startsWith(`${url}/return/lisbon-books/`), answer.headers.location);
});

test('the far sides deliver their webhooks over TLS', async () => {
  const control = `http://127.0.0.1:${demo.sandbox_port}/_control/webhooks`;
  await until('a webhook to be taken', async () => (await request('GET', control)).json.delivered > 0);
});

test('the key is its owner’s alone', () => {
  assert.equal(fs.statSync(path.join(demo.directory, 'tls', 'key.pem')).mode & 0o777, 0o600);
});
