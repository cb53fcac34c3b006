// Runs this folder's tests over one store: node run.mjs sqlite|postgresql BUILD_DIR. Exits 77, which ctest
// shows as skipped, when there is no PostgreSQL server to run them on.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const [store, build, ...only] = process.argv.slice(2);
if (store === 'postgresql' && !process.env.FLORIN_TEST_POSTGRES) {
  console.log('skipped: FLORIN_TEST_POSTGRES names no server (tests/support/run_tests starts one)');
  process.exit(77);
}
if (!fs.existsSync(path.join(here, '..', 'node_modules'))) {
  console.error('the npm packages of tests/ are not installed: run `npm ci` there, or the tests by ./dev test');
  process.exit(1);
}
const files = fs.readdirSync(here).filter((name) => name.endsWith('.test.mjs') && (!only.length || only.some((part) => name.includes(part))));
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files.map((name) => path.join(here, name))], {
  stdio: 'inherit',
  env: { ...process.env, FLORIN_TEST_STORE: store, FLORIN_BINARY_DIR: path.resolve(build) },
});
process.exit(status ?? 1);
