// The measurements of ./dev bench, one function each. Each prints what it saw and the bar; none fails for
// being slow, only for answers that are wrong: whoever reads the figures knows what else the machine did. The two
// drills are held to ratios within one run, and fail.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { free_port } from '../support/http.mjs';
import { added_time } from './added_time.mjs';
import { connections } from './connections.mjs';
import { say } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = path.join(root, 'build', 'release');

function resident_kib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// A program of ours that says one line when it is ready; `stop()` ends it and waits.
async function start(program, args) {
  const began = performance.now();
  const child = spawn(path.join(build, 'bin', program), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
  const ready_ms = performance.now() - began;
  return {
    pid: child.pid,
    ready_ms,
    resident_kib: () => resident_kib(child.pid),
    stop: () => (child.kill('SIGTERM'), ended),
  };
}

// A florind over the demo's configuration and an empty store; gone, with all it wrote, when `use` is done.
async function with_daemon({ postgresql = false, sandbox = false }, use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-bench-'));
  const port = await free_port();
  const far = await free_port();
  let store = `sqlite:${path.join(folder, 'florin.db')}`;
  if (postgresql) {
    const server = process.env.FLORIN_TEST_POSTGRES;
    const name = `bench_${process.pid}_${port}`;
    execFileSync('psql', ['-qX', server, '-c', `create database ${name}`]);
    store = server.replace(/(:\/\/[^/]*\/)[^?]*/, `$1${name}`);
  }
  const set = { 'server.port': port, 'store.url': store, 'sandbox.url': `http://127.0.0.1:${far}`, 'log.level': 'warn' };
  const config = ['--config', path.join(root, 'config'), ...Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`])];
  const sandboxes = sandbox ? await start('florin', ['sandbox', '--port', String(far), ...config]) : undefined;
  const daemon = await start('florind', config);
  try {
    return await use({ ...daemon, port, url: `http://127.0.0.1:${port}` });
  } finally {
    await daemon.stop();
    await sandboxes?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

// Payments by wrk for so long over so many connections.
function load(url, count, seconds) {
  const script = path.join(root, 'tests/load/payment.lua');
  const said = execFileSync('wrk', ['-t1', `-c${count}`, `-d${seconds}s`, '-s', script, url], { encoding: 'utf8' });
  const [, rate, p50, p99, errors] = /^RESULT (\S+) (\S+) (\S+) (\S+)/m.exec(said);
  assert.equal(errors, '0', `answers that were no 201:\n${said}`);
  return { rate: Number(rate), p50, p99 };
}

// A load drill of ./dev test, for longer; it says its figures itself, and fails where they are over their bar.
function drill(name, { seconds }) {
  const file = path.join(root, 'tests/load', `${name}.test.mjs`);
  const env = { ...process.env, FLORIN_BINARY_DIR: build, FLORIN_LOAD_SECONDS: String(seconds) };
  const ran = spawnSync(process.execPath, ['--test', '--test-reporter=spec', file], { env, stdio: 'inherit' });
  if (ran.status !== 0) process.exitCode = 1;
}

const measurements = {
  start: () =>
    with_daemon({}, async (florind) => {
      say('ready', `${florind.ready_ms.toFixed(0)} ms`, 'under 500 ms');
      say('idle', `${(florind.resident_kib() / 1024).toFixed(0)} MiB resident`, 'under 64 MiB');
    }),

  payments: async ({ seconds }) => {
    const rate = await with_daemon({}, async (florind) => {
      const few = load(florind.url, 64, seconds);
      say('payments, SQLite, 64 connections', `${few.rate}/s`, 'at least 15,000/s');
      say('  p50, p99', `${few.p50} ms, ${few.p99} ms`, 'p99 under 15 ms');
      const many = load(florind.url, 256, seconds);
      say('payments, SQLite, 256 connections', `${many.rate}/s`, '20,000/s');
      say('  p50, p99', `${many.p50} ms, ${many.p99} ms`);
      return few.rate;
    });
    const { FLORIN_TEST_POSTGRES: _, ...env } = process.env; // With it, it would measure PostgreSQL too.
    const said = execFileSync(path.join(build, 'bench/store_bench'), [String(seconds)], { encoding: 'utf8', env });
    const bare = Number(/sqlite: (\d+) payments/.exec(said)[1]);
    say('bare store loop, SQLite, same rows', `${bare}/s`);
    say('ratio', `${((100 * rate) / bare).toFixed(1)} %`, 'at least 20 %');
  },

  postgresql: ({ seconds }) =>
    with_daemon({ postgresql: true }, async (florind) => {
      const seen = load(florind.url, 64, seconds);
      say('payments, PostgreSQL, 64 connections', `${seen.rate}/s`, 'at least 3,000/s');
      say('  p50, p99', `${seen.p50} ms, ${seen.p99} ms`);
    }),

  'added-time': ({ seconds }) => with_daemon({ sandbox: true }, (florind) => added_time(florind, seconds)),

  policies: () => {
    const args = ['--benchmark_format=json', '--benchmark_min_time=0.3'];
    const said = JSON.parse(execFileSync(path.join(build, 'bench/policy_bench'), args, { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }));
    const slowest = (kind) =>
      Math.max(...said.benchmarks.filter((one) => one.name.startsWith(kind)).map((one) => one.cpu_time)) / 1000;
    const [routing, risk] = [slowest('routing'), slowest('risk')];
    say('policies, the slowest routing and risk', `${routing.toFixed(1)} + ${risk.toFixed(1)} us CPU`, 'together under 20 us');
  },

  connections: () => with_daemon({}, (florind) => connections(florind)),

  isolation: (how) => drill('isolation', how),
  overload: (how) => drill('overload', how),
};

const args = process.argv.slice(2);
let seconds = 10;
const at = args.indexOf('--seconds');
if (at >= 0) seconds = Number(args.splice(at, 2)[1]);
const unknown = args.filter((name) => !(name in measurements));
if (unknown.length > 0 || !(seconds >= 1)) {
  console.error(`bench: [${Object.keys(measurements).join('|')}] ... [--seconds N]; nothing named means all`);
  process.exit(2);
}
for (const name of args.length > 0 ? args : Object.keys(measurements)) await measurements[name]({ seconds });
