// Starts `florin demo` as a newcomer does, but on free ports and in a directory of its own, and keeps what it
// says. It ends with the test file.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import node_test from 'node:test';
import { fileURLToPath } from 'node:url';

import { free_port, request, until } from './http.mjs';
import { expect_no_reports, reporting_to } from './sanitizers.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const build = process.env.FLORIN_BINARY_DIR ?? path.join(root, 'build', 'release');

class Demo {
  constructor(port, sandbox_port, options) {
    this.port = port;
    this.sandbox_port = sandbox_port;
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-demo-'));
    this.store = path.join(this.directory, 'florin.db');
    this.log_file = path.join(this.directory, 'log');
    this.said = '';
    const common = ['--config', path.join(root, 'config'), '--set', `server.port=${port}`, '--set', `store.url=sqlite:${this.store}`];
    const log = fs.openSync(this.log_file, 'a');
    this.process = spawn(path.join(build, 'bin', 'florin'), ['demo', ...common, '--sandbox-port', String(sandbox_port), ...options], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', log],
      env: reporting_to(this.directory),
    });
    fs.closeSync(log);
    this.process.stdout.on('data', (chunk) => (this.said += chunk));
  }

  // `ca`: a file, read as soon as it is there.
  ready({ url = `http://127.0.0.1:${this.port}`, ca } = {}) {
    return until('the demo to be ready', async () => {
      if (this.process.exitCode !== null) throw new Error(`the demo ended: ${fs.readFileSync(this.log_file, 'utf8')}`);
      if (!this.said.includes('florin sandbox ready')) return false;
      const trusted = ca && fs.readFileSync(ca);
      return (await request('GET', `${url}/healthz`, { ca: trusted }).catch(() => ({}))).status === 200;
    });
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null && this.process.kill('SIGTERM')) await ended;
    expect_no_reports(this.directory);
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

export async function start_demo(options = []) {
  const demo = new Demo(await free_port(), await free_port(), options);
  node_test.after(() => demo.stop());
  return demo;
}
