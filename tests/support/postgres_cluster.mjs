// A throw-away PostgreSQL server of a test's own, which the test may crash, restart and take backends from:
// Debian's binaries, a socket in a temporary directory, no TCP. Gone when the test's process ends.
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const debian = '/usr/lib/postgresql';

// The newest server's programs, or undefined where none is installed.
function programs() {
  if (!fs.existsSync(debian)) return undefined;
  const versions = fs.readdirSync(debian).filter((name) => fs.existsSync(path.join(debian, name, 'bin', 'initdb')));
  versions.sort((a, b) => Number(b) - Number(a));
  return versions.length ? path.join(debian, versions[0], 'bin') : undefined;
}

export class PostgresCluster {
  // Undefined where PostgreSQL is not installed.
  static start() {
    const bin = programs();
    return bin && new PostgresCluster(bin);
  }

  constructor(bin) {
    this.bin = bin;
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-postgres-'));
    fs.chmodSync(this.directory, 0o755);
    // PostgreSQL refuses to run as root.
    if (process.getuid() === 0) execFileSync('chown', ['postgres', this.directory]);
    process.on('exit', () => this.remove());
    this.run('initdb', '-D', this.data, '-U', 'florin', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');
    // Without fsync it is several times as fast; what a crash of the server loses is what it had not written.
    this.options = `-c listen_addresses='' -k '${this.directory}' -c fsync=off -c full_page_writes=off -c max_connections=200`;
    this.run('pg_ctl', '-D', this.data, '-l', this.log, '-w', '-o', this.options, 'start');
    this.url = `postgresql://florin@/postgres?host=${this.directory}`;
  }

  get data() {
    return path.join(this.directory, 'data');
  }
  get log() {
    return path.join(this.directory, 'server.log');
  }

  command(program, words) {
    const as_postgres = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    return [...as_postgres, path.join(this.bin, program), ...words];
  }
  run(program, ...words) {
    const [first, ...rest] = this.command(program, words);
    execFileSync(first, rest, { cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] });
  }
  // The same while the test goes on. The new server inherits the streams, so nothing waits for their end.
  run_beside(program, ...words) {
    const [first, ...rest] = this.command(program, words);
    return new Promise((resolve, reject) => {
      const child = spawn(first, rest, { cwd: this.directory, stdio: 'ignore' });
      child.once('error', reject);
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}:\n${fs.readFileSync(this.log, 'utf8')}`))));
    });
  }

  // Every process of the server dies where it stands; resolves when the next one answers.
  crash_and_restart() {
    return this.run_beside('pg_ctl', '-D', this.data, '-l', this.log, '-w', '-t', '60', '-m', 'immediate', '-o', this.options, 'restart');
  }
  // Ends one of Florin's backends, drawn by the server; answers how many it ended.
  async end_a_backend() {
    const one = "select pid from pg_stat_activity where application_name = 'florin' order by random() limit 1";
    const { stdout } = await promisify(execFile)('psql', ['-qXAt', this.url, '-c', `select count(pg_terminate_backend(pid)) from (${one}) as drawn`]);
    return Number(stdout);
  }

  remove() {
    try {
      this.run('pg_ctl', '-D', this.data, '-m', 'immediate', 'stop');
    } catch {
      // It had not started.
    }
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
