// The disk at its worst: full and freed again, an fsync that fails under the supervisor, a small file system
// that really fills. Nothing that was acknowledged is lost, and service is normal again without a human.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { free_port, until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';

const florin = await start_appliance({ faults: '/store' });
const { faults, test } = florin;
const shop = florin.as('porto');

let last = 800_000;
const order = (route = 'stripe-one') => ({ amount: (last += 10), currency: 'EUR', payment_method: card(), metadata: { route } });
const pay = (body, key = crypto.randomUUID()) => shop.post('/payments', body, { 'Idempotency-Key': key });

function is_refused_for_now(answer) {
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.json.error.code, 'storage_full');
  assert.ok(Number(answer.headers['retry-after']) >= 1, 'it says when to come again');
}

test('a full disk: payments are refused for now, reading goes on, and room on it is all that it takes', async () => {
  const before = await pay(order());
  assert.equal(before.status, 201, before.text);

  faults.fail(['write'], 'ENOSPC');
  const body = order();
  const key = crypto.randomUUID();
  for (let i = 0; i < 3; i += 1) is_refused_for_now(await pay(body, key));
  const unready = await florin.nobody().call('GET', '/readyz');
  assert.equal(unready.status, 503, unready.text);
  assert.match(unready.json.store_error, /disk/);
  assert.equal((await shop.payment(before.json.id)).status, 'succeeded');
  assert.equal((await florin.far_sides.charges(body.amount)).length, 0, 'no request left without a durable attempt');

  faults.heal();
  assert.equal((await florin.nobody().call('GET', '/readyz')).status, 200, 'nobody need pay for it to be ready again');
  const after = await pay(body, key);
  assert.equal(after.status, 201, after.text);
  assert.equal(after.json.status, 'succeeded');
});

test('a disk that fills while the far side works: its answer is kept until there is room for it', async () => {
  const body = order();
  await florin.far_sides.fault({ plugin: 'stripe', method: 'POST', mode: 'slow', delay_ms: 800, times: 2 });
  const paying = pay(body);
  // An fsync alone may be another commit's.
  await until('the attempt to be durable', async () => (await shop.get('/payments/history?limit=1')).json.data[0].amount === body.amount);
  faults.fail(['write'], 'ENOSPC');
  await until('the disk to be missed', () => faults.get('failed') > 0);
  await sleep(300);
  faults.heal();
  const answer = await paying;
  assert.equal(answer.json.status, 'succeeded', answer.text);
  assert.equal((await florin.far_sides.charges(body.amount)).length, 1);
});

// The job's place was kept until its lease ran out, a minute later.
test('a webhook delivered while the disk is full keeps nobody behind it waiting for long', async () => {
  let hold;
  const received = [];
  const server = http.createServer((request, answer) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', async () => {
      received.push(JSON.parse(text));
      if (hold) await hold;
      answer.writeHead(200).end();
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  server.unref();
  const made = await shop.post('/webhook-endpoints', { url: `http://127.0.0.1:${server.address().port}/` });
  let release;
  hold = new Promise((resolve) => (release = resolve));

  const { json: payment } = await pay(order());
  await until('the first delivery', () => received.length > 0);
  faults.fail(['write'], 'ENOSPC');
  release();
  hold = undefined;
  await until('the disk to be missed', () => faults.get('failed') > 2);
  faults.heal();

  const { events } = await shop.payment(payment.id, 'events');
  await until('all its events', () => events.every(({ id }) => received.some((event) => event.id === id)), 10_000);
  await shop.delete(`/webhook-endpoints/${made.json.id}`);
  server.closeAllConnections();
});

test('a small file system that really fills refuses and recovers', async (context) => {
  const folder = path.join(florin.directory, 'small');
  fs.mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    return context.skip(`a tmpfs cannot be mounted here: ${error.message.split('\n').at(-2)}`);
  }
  const own = florin.store;
  await florin.end_daemon();
  try {
    florin.store = { url: `sqlite:${path.join(folder, 'florin.db')}` };
    await florin.start_daemon();
    const told = [];
    fs.writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(3 << 19));
    for (;;) {
      const answer = await pay(order('bench'));
      if (answer.status !== 201) {
        is_refused_for_now(answer);
        break;
      }
      told.push(answer.json);
    }
    fs.rmSync(path.join(folder, 'ballast'));
    const after = await pay(order('bench'));
    assert.equal(after.status, 201, after.text);
    assert.equal(await florin.restart('SIGKILL'), 'SIGKILL');
    for (const payment of told) await oracles.still_holds(shop, payment);
    oracles.ledger_verifies(florin);
    await florin.end_daemon();
  } finally {
    florin.daemon.kill('SIGKILL');
    await florin.daemon_ended();
    execFileSync('umount', ['-l', folder]);
    florin.store = own;
    await florin.start_daemon();
  }
});

test('an fsync that fails ends the process; its supervisor starts it again, and what was open is asked about', async () => {
  await oracles.all_settled(shop);
  await florin.end_daemon();
  const sandbox_port = await free_port();
  const { child: demo } = await florin.run('florin', ['demo', '--sandbox-port', String(sandbox_port)], florin.log_file);
  const ready = () => until('the daemon to be ready', async () => (await shop.get('/providers').catch(() => ({}))).status === 200);
  await ready();
  // Its far sides may come up a moment after it.
  const before = await until('a payment', async () => {
    const answer = await pay(order());
    return answer.json?.status === 'succeeded' && answer;
  });

  faults.fail(['sync'], 'EIO');
  const body = order();
  const key = crypto.randomUUID();
  await assert.rejects(pay(body, key), 'nobody is told anything of what may not be durable');
  faults.heal();
  const began = Date.now();
  await ready();
  assert.ok(Date.now() - began < 5000, 'by itself, within five seconds');
  assert.match(florin.log, /ended by signal 6; starting it again/);

  const answer = await oracles.settle_unanswered(shop, { path: '/payments', body, key });
  assert.ok(answer.json.status === 'succeeded' || answer.status >= 400, answer.text);
  await oracles.still_holds(shop, before.json);
  demo.ref();
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
  oracles.ledger_verifies(florin);
  await florin.start_daemon();
});
