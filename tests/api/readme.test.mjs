// What the README and the demo tell a newcomer to type works as it stands, but for the ports; and the demo
// starts its daemon again when that is killed.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { free_port, request, until } from '../support/http.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = process.env.FLORIN_BINARY_DIR ?? path.join(root, 'build', 'release');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-demo-'));
const port = await free_port();
const sandbox_port = await free_port();

const demo = spawn(
  path.join(build, 'bin', 'florin'),
  ['demo', '--config', path.join(root, 'config'), '--sandbox-port', String(sandbox_port),
    '--set', `server.port=${port}`, '--set', `store.url=sqlite:${path.join(directory, 'florin.db')}`],
  { cwd: directory, stdio: ['ignore', 'pipe', fs.openSync(path.join(directory, 'log'), 'a')] },
);
let said = '';
demo.stdout.on('data', (chunk) => (said += chunk));
const ready = () => until('the demo to be ready', async () => said.includes('florin sandbox ready') &&
  (await request('GET', `http://127.0.0.1:${port}/healthz`).catch(() => ({}))).status === 200);
test.after(async () => {
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
  fs.rmSync(directory, { recursive: true, force: true });
});
await ready();

const run = (command) => JSON.parse(execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

test("the README's first payment succeeds", () => {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const [command] = readme.match(/^curl [\s\S]*?(?=\n```)/m);
  const payment = run(command.replaceAll('localhost:8080', `localhost:${port}`));
  assert.equal(payment.status, 'succeeded');
});

test('the line that the demo prints takes a payment', () => {
  const [command] = said.match(/curl [\s\S]*?'\n\n/);
  assert.equal(run(command).status, 'succeeded');
});

test('the keys that the demo prints are good for every demo merchant and currency', async () => {
  for (const key of ['sk_test_lisbon_books', 'sk_test_tokyo_teas', 'sk_test_load_lab'])
    for (const currency of ['EUR', 'USD', 'GBP', 'JPY']) {
      assert.ok(said.includes(key));
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
  const [daemon] = execFileSync('pgrep', ['-P', String(demo.pid), '-f', 'bin/florind'], { encoding: 'utf8' }).trim().split('\n');
  process.kill(Number(daemon), 'SIGKILL');
  await ready();
  await until('the daemon to answer again', async () => (await list().catch(() => undefined))?.json?.data.length === before);
});
