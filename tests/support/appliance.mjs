// Starts a whole appliance for one test file: `florin sandbox` and `florind` from the build tree, on free
// ports, over a store of its own. FLORIN_BINARY_DIR says where the build tree is; FLORIN_TEST_STORE is
// sqlite or postgresql, the latter at FLORIN_TEST_POSTGRES. FLORIN_TEST_KEEP names a folder to which the
// appliance's own goes when a test fails.
import { execFileSync, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import node_test from 'node:test';
import { fileURLToPath } from 'node:url';

import { ApiClient } from './api_client.mjs';
import { ChaosProxy } from './chaos_proxy.mjs';
import { Contract } from './contract.mjs';
import { FarSides } from './far_sides.mjs';
import { Faults } from './faults.mjs';
import { free_port, request } from './http.mjs';
import { LiveClient } from './live_client.mjs';
import { expect_no_reports, reporting_to } from './sanitizers.mjs';
import { write_config } from './shop_config.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = process.env.FLORIN_BINARY_DIR ?? path.join(root, 'build', 'release');

// The first line that a program prints, or an error when it ends before.
function first_line(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes('\n')) resolve(said.split('\n')[0]);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${child.spawnfile} ended (${code ?? signal}) before it was ready`)));
  });
}

function fresh_store(directory) {
  if ((process.env.FLORIN_TEST_STORE ?? 'sqlite') === 'sqlite') {
    // A folder of its own: what the daemon keeps is there, and nothing else.
    fs.mkdirSync(path.join(directory, 'store'));
    return { url: `sqlite:${path.join(directory, 'store', 'florin.db')}`, drop() {} };
  }
  const server = process.env.FLORIN_TEST_POSTGRES;
  if (!server) throw new Error('FLORIN_TEST_STORE=postgresql needs FLORIN_TEST_POSTGRES, the address of a server');
  const name = `florin_api_${crypto.randomBytes(6).toString('hex')}`;
  const psql = (statement) => execFileSync('psql', ['-qX', server, '-c', statement], { stdio: ['ignore', 'ignore', 'pipe'] });
  psql(`create database ${name}`);
  return {
    // By text: a server that is a socket's folder (postgresql://user@/postgres?host=/tmp/x) is no URL to URL().
    url: server.replace(/(:\/\/[^/]*\/)[^?]*/, `$1${name}`),
    drop: () => psql(`drop database if exists ${name} with (force)`),
  };
}

// In memory where that is possible: what is tested here is not the disk, and a busy one makes fsync slow.
function scratch_directory() {
  const memory = '/dev/shm';
  const base = !process.env.TMPDIR && fs.existsSync(memory) ? memory : os.tmpdir();
  return fs.mkdtempSync(path.join(base, 'florin-api-'));
}

class Appliance {
  constructor() {
    this.directory = scratch_directory();
    this.log_file = path.join(this.directory, 'florind.log');
    this.children = new Set();
    // Whatever happens to this process, nothing of it stays behind.
    process.on('exit', () => {
      for (const child of this.children) {
        child.removeAllListeners('exit');
        child.kill('SIGKILL');
      }
      fs.rmSync(this.directory, { recursive: true, force: true });
    });
  }

  // With `any_port` the daemon chooses its port itself, and the sandboxes are told which.
  // `faults`: florind runs under the fault shim, which heeds calls on files with this in their path. `chaos`:
  // it reaches the far sides over `proxy`. `crashes`: it is meant to die of signals. `under`: a command that
  // florind is run by, such as prlimit and its options.
  async start({ webhooks = '', set = [], any_port = false, faults, chaos = false, crashes = false, under = [] } = {}) {
    this.under = under;
    this.build = build;
    this.crashes = crashes;
    this.faults = faults && new Faults(build, this.directory, faults);
    this.dead_port = await free_port();
    this.store = fresh_store(this.directory);
    this.config = write_config(this.directory, { scripts: path.join(root, 'scripts'), dead_port: this.dead_port, webhooks });
    this.set = set;
    this.port = any_port ? 0 : await free_port();
    this.sandbox_port = await free_port();
    this.far_sides = new FarSides(`http://127.0.0.1:${this.sandbox_port}`);
    this.proxy = chaos ? await ChaosProxy.open(this.sandbox_port) : undefined;
    if (!any_port) await this.start_far_sides();
    await this.start_daemon();
    if (any_port) {
      this.port = Number(new URL(this.ready_line.split(' ').at(-1)).port);
      await this.start_far_sides();
    }
    this.url = `http://127.0.0.1:${this.port}`;
    this.contract = new Contract((await request('GET', `${this.url}/openapi.json`)).json);
  }

  async run(program, first, log_file, { port = this.port, directory = this.directory } = {}) {
    const sandbox = (program === 'florind' && this.proxy?.url) || this.far_sides.url;
    const options = [`server.port=${port}`, `store.url=${this.store.url}`, `sandbox.url=${sandbox}`, ...this.set];
    const where = ['--config', this.config, ...options.flatMap((option) => ['--set', option])];
    const log = fs.openSync(log_file, 'a');
    // `florin` takes what all its commands share before the command's name.
    const [command, ...all] = [...(program === 'florind' ? this.under : []), path.join(build, 'bin', program), ...where, ...first];
    const child = spawn(command, all, {
      stdio: ['ignore', 'pipe', log],
      cwd: directory,
      env: { ...reporting_to(this.directory, { crashes: this.crashes }), ...(program === 'florind' || first[0] === 'demo' ? this.faults?.environment : {}) },
    });
    fs.closeSync(log);
    this.children.add(child);
    child.once('exit', (code, signal) => {
      this.children.delete(child);
      fs.appendFileSync(log_file, `--- ${program} ended: ${code ?? signal}\n`);
    });
    const line = await first_line(child).catch((error) => {
      throw new Error(`${error.message}\n${fs.readFileSync(log_file, 'utf8')}`);
    });
    // Neither keeps this process alive: the test runner ends when the tests have.
    child.unref();
    child.stdout.unref();
    return { child, line };
  }

  // What a command of `florin` prints, over this appliance's configuration; throws when it fails.
  cli(...command) {
    const settings = [`server.port=${this.port}`, `store.url=${this.store.url}`];
    const where = ['--config', this.config, ...settings.flatMap((option) => ['--set', option])];
    return execFileSync(path.join(build, 'bin', 'florin'), [...where, ...command], { cwd: this.directory, encoding: 'utf8', stdio: 'pipe' });
  }

  async start_far_sides() {
    const { child } = await this.run('florin', ['sandbox', '--port', String(this.sandbox_port)], path.join(this.directory, 'sandbox.log'));
    this.sandbox = child;
  }
  // With new plugins and accounts, and empty books.
  async restart_far_sides() {
    this.sandbox.ref();
    const ended = new Promise((resolve) => this.sandbox.once('exit', resolve));
    this.sandbox.kill('SIGTERM');
    await ended;
    await this.start_far_sides();
  }
  // The port that nobody listened on leads to the far sides from now on.
  async raise_the_dead() {
    this.risen ??= await ChaosProxy.open(this.sandbox_port, this.dead_port);
  }

  async start_daemon() {
    const { child, line } = await this.run('florind', [], this.log_file);
    this.daemon = child;
    this.ready_line = line;
  }
  // Another daemon on the same PostgreSQL, in a folder of its own: an appliance to talk to like the first.
  async start_other_node() {
    const directory = fs.mkdtempSync(path.join(this.directory, 'node-'));
    const port = await free_port();
    const other = Object.assign(Object.create(this), { port, url: `http://127.0.0.1:${port}`, log_file: path.join(directory, 'florind.log') });
    other.daemon = (await this.run('florind', [], other.log_file, { port, directory })).child;
    return other;
  }
  // Answers the exit code, or the signal's name.
  async end_daemon(signal = 'SIGTERM') {
    const ended = this.daemon_ended();
    this.daemon.kill(signal);
    return ended;
  }
  // The same, of a daemon that ends by itself, or has.
  async daemon_ended() {
    const { daemon } = this;
    if (daemon.exitCode !== null || daemon.signalCode !== null) return daemon.exitCode ?? daemon.signalCode;
    daemon.ref();
    return new Promise((resolve) => daemon.once('exit', (code, by) => resolve(code ?? by)));
  }
  async restart(signal) {
    const how = await this.end_daemon(signal);
    await this.start_daemon();
    return how;
  }
  async stop() {
    await Promise.all([...this.children].map((child) => new Promise((ended) => {
      child.ref();
      child.once('exit', ended);
      child.kill('SIGTERM');
    })));
    this.store.drop();
    expect_no_reports(this.directory);
  }

  get log() {
    return fs.existsSync(this.log_file) ? fs.readFileSync(this.log_file, 'utf8') : '';
  }
  // `kind` is sk or pk.
  as(merchant, kind = 'sk') {
    return new ApiClient(this, `${kind}_test_${merchant}`);
  }
  nobody() {
    return new ApiClient(this, '');
  }
  live(topic) {
    return new LiveClient(`ws://127.0.0.1:${this.port}/ws/${topic}`);
  }

  // node:test's test(), with what the daemon logged meanwhile when it fails.
  test = (name, body, options = {}) =>
    node_test(name, options, async (context) => {
      const before = this.log.length;
      try {
        await body(context);
      } catch (error) {
        if (process.env.FLORIN_TEST_KEEP) fs.cpSync(this.directory, process.env.FLORIN_TEST_KEEP, { recursive: true, filter: (file) => !file.endsWith('.sock') });
        console.error(`--- the daemon's log during "${name}":\n${this.log.slice(before)}---`);
        throw error;
      } finally {
        this.faults?.calm();
        await this.far_sides.heal();
      }
    });
}

export async function start_appliance(options) {
  const appliance = new Appliance();
  await appliance.start(options);
  node_test.after(() => appliance.stop());
  return appliance;
}
