// What the README and the demo tell a newcomer to type works as it stands, but for the ports; and the demo
// starts its daemon again when that is killed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { root, start_demo } from '../support/demo.mjs';
import { request, until } from '../support/http.mjs';

const demo = await start_demo();
const { port } = demo;
await demo.ready();

const run = (command) => JSON.parse(execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

test("the README's first payment succeeds", () => {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const [command] = readme.match(/^curl [\s\S]*?(?=\n```)/m);
  const payment = run(command.replaceAll('localhost:8080', `localhost:${port}`));
  assert.equal(payment.status, 'succeeded');
});

test('the line that the demo prints takes a payment', () => {
  const [command] = demo.said.match(/curl [\s\S]*?'\n\n/);
  assert.equal(run(command).status, 'succeeded');
});

test('the keys that the demo prints are good for every demo merchant and currency', async () => {
  for (const key of ['sk_test_lisbon_books', 'sk_test_tokyo_teas', 'sk_test_load_lab'])
    for (const currency of ['EUR', 'USD', 'GBP', 'JPY']) {
      assert.ok(demo.said.includes(key));
      const answer = await request('POST', `http://127.0.0.1:${port}/api/v1/payments`, {
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ amount: 1000, currency, payment_method: { type: 'card', card: { number: '4242424242424242', exp_month: 12, exp_year: 2034 } } }),
      });
      assert.equal(answer.status, 201, `${key} ${currency}: ${answer.text}`);
      assert.equal(answer.json.status, 'succeeded');
    }
});

test('a daemon that is killed is started again and still has the payments', async () => {
  const list = () => request('GET', `http://127.0.0.1:${port}/api/v1/payments/history`, { headers: { Authorization: 'Bearer sk_test_lisbon_books' } });
  const before = (await list()).json.data.length;
  const [daemon] = execFileSync('pgrep', ['-P', String(demo.process.pid), '-f', 'bin/florind'], { encoding: 'utf8' }).trim().split('\n');
  process.kill(Number(daemon), 'SIGKILL');
  await demo.ready();
  await until('the daemon to answer again', async () => (await list().catch(() => undefined))?.json?.data.length === before);
});
