// Many clients that want nothing: slow heads, slow bodies, idle sockets, until descriptors or memory are used up.
// The daemon stays, does not spin, and serves whoever asks for something. Each crowd comes from many addresses,
// so that the limit on one of them is not what helps.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { slowdown } from '../support/sanitizers.mjs';
import { say } from './report.mjs';

const kHead = 'POST /api/v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test_porto\r\n';
// What an honest client may have to wait: a multiple of what it does on a quiet machine, a fraction of a timeout.
const kSoonMs = 2000 * slowdown;
const kMiB = 1024 * 1024;

// `count` sockets to `port`, each of which says `first`; `came` is what each has heard.
class Crowd {
  constructor() {
    this.sockets = [];
    this.closed = 0;
  }
  async join(port, count, first = '') {
    const before = this.sockets.length;
    for (let at = 0; at < count; at += 250)
      await Promise.all(Array.from({ length: Math.min(250, count - at) }, (_, index) => this.one(port, before + at + index, first)));
    return this;
  }
  one(port, number, first) {
    const localAddress = `127.0.${1 + (Math.floor(number / 250) % 250)}.${1 + (number % 250)}`;
    return new Promise((resolve) => {
      const socket = net.connect({ port, host: '127.0.0.1', localAddress }, () => {
        if (first) socket.write(first);
        resolve();
      });
      socket.came = '';
      socket.on('data', (chunk) => (socket.came += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.on('close', () => {
        ++this.closed;
        resolve();
      });
      this.sockets.push(socket);
    });
  }
  heard(status) {
    return this.sockets.filter(({ came }) => came.startsWith(`HTTP/1.1 ${status}`)).length;
  }
  go() {
    for (const socket of this.sockets) socket.destroy();
  }
}

let last = 1000;
async function slowest_of_honest(florin, times = 10) {
  let slowest = 0;
  for (let time = 0; time < times; ++time) {
    const began = performance.now();
    const route = time % 2 === 0 ? 'bench' : 'stripe-one';
    const answer = await florin.as('porto').pay((last += 1), { route });
    assert.equal(answer.json?.status, 'succeeded', answer.text);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}
async function expect_served(florin, what) {
  const slowest = await slowest_of_honest(florin);
  say(`an honest payment beside ${what}, the slowest of 10`, `${slowest.toFixed(0)} ms`, `under ${kSoonMs} ms`);
  assert.ok(slowest < kSoonMs, `an honest client waited ${slowest.toFixed(0)} ms`);
}
// Of one core, in per cent, over a while.
async function processor_use(pid, during_ms = 1500) {
  const ticks = () => {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = ticks();
  await sleep(during_ms);
  return ((ticks() - before) * 10 * 100) / during_ms; // 100 ticks a second.
}
const status_kib = (pid, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const prlimit = (pid, ...options) => execFileSync('prlimit', ['--pid', String(pid), ...options]);
const descriptors = (pid) => fs.readdirSync(`/proc/${pid}/fd`).length;

const florin = await start_appliance({
  set: ['server.limits.header_time_ms=3000', 'server.limits.body_time_ms=3000', 'server.limits.idle_time_ms=60000', 'log.level=warn'],
});

florin.test('two thousand slow heads and two thousand slow bodies: honest clients are served, the slow ones are told', async () => {
  const heads = await new Crowd().join(florin.port, 2000, kHead);
  const bodies = await new Crowd().join(florin.port, 2000, `${kHead}Content-Length: 1000\r\n\r\n{`);
  await expect_served(florin, '4,000 slow clients');
  await until('the slow ones to be told', () => heads.heard(408) === 2000 && bodies.heard(408) === 2000);
  await until('the slow ones to be let go', () => heads.closed + bodies.closed === 4000);
});

florin.test('ten thousand idle sockets cost little, and honest clients are served', async () => {
  const { pid } = florin.daemon;
  const before = status_kib(pid, 'VmRSS');
  const idle = await new Crowd().join(florin.port, 10_000);
  await expect_served(florin, '10,000 idle sockets');
  assert.equal(idle.closed, 0, 'there is room for all');
  say('  processor, of one core', `${(await processor_use(pid)).toFixed(0)} %`);
  say('  memory', `${((status_kib(pid, 'VmRSS') - before) / 10_000).toFixed(1)} KiB each`);
  idle.go();
});

const narrow = await start_appliance({ under: ['prlimit', '--nofile=512:512'], set: ['log.level=warn'] });

narrow.test('more sockets than there may be files: those who ask for nothing make room for those who do', async () => {
  const { pid } = narrow.daemon;
  assert.match(narrow.log, /at most 384 connections instead of 20000/);
  const idle = await new Crowd().join(narrow.port, 600);
  await until('room to be made', async () => {
    await new Crowd().join(narrow.port, 1);
    return idle.closed >= 250;
  });
  await expect_served(narrow, '600 idle sockets under 512 files');
  assert.ok(descriptors(pid) < 500, 'some are left for what the daemon itself opens');
  const use = await processor_use(pid);
  assert.ok(use < 50, `it spins: ${use.toFixed(0)} % of a core`);
  idle.go();
});

narrow.test('no descriptor left at all: callers wait or are turned away, nothing spins, and it passes', async () => {
  const { pid } = narrow.daemon;
  prlimit(pid, `--nofile=${descriptors(pid) + 2}:512`);
  const callers = await new Crowd().join(narrow.port, 100);
  const use = await processor_use(pid);
  say('no descriptor left: processor, of one core', `${use.toFixed(0)} %`, 'under 50 %');
  assert.ok(use < 50, `it spins: ${use.toFixed(0)} % of a core`);
  prlimit(pid, '--nofile=512:512');
  callers.go();
  await expect_served(narrow, 'the end of that');
});

const small = await start_appliance({ set: ['server.limits.request_bytes_in_all=33554432', 'log.level=warn'] });

small.test('four hundred bodies of a mebibyte that never end: memory is bounded, honest clients are served', async () => {
  const { pid } = small.daemon;
  await slowest_of_honest(small);
  const before = status_kib(pid, 'VmRSS');
  // Whatever is asked for beyond this is refused by the system.
  prlimit(pid, `--data=${status_kib(pid, 'VmData') * 1024 + 256 * kMiB}`);
  const body = `${kHead}Content-Length: ${kMiB}\r\n\r\n${'x'.repeat(kMiB - 1)}`;
  const bodies = await new Crowd().join(small.port, 400, body);
  await until('most to be turned away', () => bodies.heard(503) + bodies.closed >= 300);
  await expect_served(small, '400 bodies that do not end');
  const grown = (status_kib(pid, 'VmRSS') - before) / 1024;
  say('  memory that they take', `${grown.toFixed(0)} MiB`, 'under 192 MiB');
  assert.ok(grown < 192, `it grew by ${grown.toFixed(0)} MiB`);
  bodies.go();
});

const starved = await start_appliance({ set: [`server.limits.request_bytes_in_all=${1024 * kMiB}`, 'log.level=warn'] });

starved.test('no memory left for what comes: those connections end, the daemon stays, and it passes', async (context) => {
  const { pid } = starved.daemon;
  if (fs.readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libtsan'))
    return context.skip('the thread sanitizer itself ends a process that has no memory left');
  await slowest_of_honest(starved);
  prlimit(pid, `--data=${status_kib(pid, 'VmData') * 1024 + 48 * kMiB}`);
  const body = `${kHead}Content-Length: ${kMiB}\r\n\r\n${'x'.repeat(kMiB - 1)}`;
  const bodies = await new Crowd().join(starved.port, 300, body);
  await until('some to be cut off', () => bodies.closed >= 100);
  assert.equal(starved.daemon.exitCode ?? starved.daemon.signalCode, null, 'it is still there');
  bodies.go();
  await until('an answer again', async () => (await starved.nobody().call('GET', '/healthz')).status === 200);
  await expect_served(starved, 'the end of that');
});
