// Runs the load generator beside the test, in a process of its own: what it measures is not Node's haste.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cards } from '../support/api_client.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = process.env.FLORIN_BINARY_DIR ?? path.join(root, 'build', 'release');

// With `rate` 0 the next request comes when the one before is answered. `core`: the one that it may use.
// Answers what the program says: { asked, sent, unanswered, broken, told_when, cpu_share, late_p99_us, stood_us, no_connection,
// answers: { "201": { count, p50_us, ... } } }.
export function open_loop({ port, merchant, route = 'bench', first_amount = 1000, rate, seconds, connections = 64, patience = 15, core }) {
  const card = { number: cards.good, exp_month: 12, exp_year: 2034, cvc: '123' };
  const body = JSON.stringify({ amount: '@', currency: 'EUR', payment_method: { type: 'card', card }, metadata: { route } }).replace('"@"', '@');
  const settings = { port, rate, seconds, connections, patience, 'first-amount': first_amount, key: `sk_test_${merchant.replaceAll('-', '_')}`, body };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise((resolve, reject) => {
    const program = path.join(build, 'bench', 'open_loop');
    const [command, ...all] = core === undefined ? [program, ...args] : ['taskset', '-c', String(core), program, ...args];
    const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('exit', (code, signal) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`open_loop ended: ${code ?? signal}`))));
  });
}

export const ms = (us) => us / 1000;
