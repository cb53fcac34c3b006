// Every command that a README or a page of docs/ names is run here as it stands, but for ports, paths and ids. A
// new one that no line of kRuns knows fails, so that none is written down that nobody has tried.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { build, root, start_demo } from '../support/demo.mjs';
import { request, until } from '../support/http.mjs';

const demo = await start_demo();
await demo.ready();
const where = ['--config', path.join(root, 'config'), '--set', `server.port=${demo.port}`, '--set', `store.url=sqlite:${demo.store}`];
const florin = (...command) => execFileSync(path.join(build, 'bin', 'florin'), [...where, ...command], { cwd: demo.directory, encoding: 'utf8' });
const paid = await request('POST', `http://127.0.0.1:${demo.port}/api/v1/payments`, {
  headers: { Authorization: 'Bearer sk_test_lisbon_books', 'Content-Type': 'application/json' },
  body: JSON.stringify({ amount: 900, currency: 'EUR', payment_method: { type: 'card', card: { number: '4242424242424242', exp_month: 12, exp_year: 2034 } } }),
});

const offers = (command) => assert.match(fs.readFileSync(path.join(root, 'dev'), 'utf8'), new RegExp(`^  (\\w+\\|)*${command}(\\|\\w+)*\\)`, 'm'));
// What a command looks like, and how it is tried.
const kRuns = [
  [/^\.\/dev (\w+)/, (command, name) => offers(name)], // They run this very test, or start what it started.
  [/^curl /, () => {}], // By readme.test.mjs.
  [/^florind --config /, () => assert.match(demo.said, /^florin ready /m)], // The demo starts it so.
  [/^florin sandbox$/, () => assert.match(demo.said, /^florin sandbox ready /m)],
  [/^florin check /, () => assert.equal(execFileSync(path.join(build, 'bin', 'florin'), ['check', path.join(root, 'config')], { encoding: 'utf8' }).includes('error'), false)],
  [/^florin reload$/, () => florin('reload')],
  [/^kill -HUP /, async () => {
    const [daemon] = execFileSync('pgrep', ['-P', String(demo.process.pid), '-f', 'bin/florind'], { encoding: 'utf8' }).trim().split('\n');
    const reloads = () => fs.readFileSync(demo.log_file, 'utf8').match(/reloaded/g)?.length ?? 0;
    const before = reloads();
    process.kill(Number(daemon), 'SIGHUP');
    await until('the daemon to reload', () => reloads() > before);
  }],
  [/^florin vault rotate$/, () => florin('vault', 'rotate')],
  [/^florin policy test$/, () => assert.match(florin('policy', 'test'), /\d+ passed, 0 failed/)],
  [/^florin policy explain( pay_…)?$/, () => assert.match(florin('policy', 'explain', paid.json.id), /routing policy/)],
  [/^florin policy replay$/, () => florin('policy', 'replay', '--merchant', 'lisbon-books', '--routing', 'routing/cheapest_first')],
  [/^florin plugin new (\w+) --kind (\w+) --directory plugins\/providers$/, (command, name, kind) => {
    const folder = path.join(demo.directory, 'plugins', 'providers');
    fs.mkdirSync(path.join(folder, 'stripe'), { recursive: true }); // As in the tree, the folder is not empty.
    florin('plugin', 'new', name, '--kind', kind, '--directory', folder);
    assert.ok(fs.existsSync(path.join(folder, name, 'provider.cpp')));
  }],
  [/^FLORIN_WRITE_GENERATED=1 build\/release\/tests\/config_test$/, () => {}], // config_test itself fails unless it has been run.
];

const pages = execFileSync('git', ['ls-files', '*README.md', 'docs/*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
function commands_of(page) {
  const text = fs.readFileSync(path.join(root, page), 'utf8');
  const fenced = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block.replaceAll('\\\n', ' ').trim().split('\n'));
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  const named = inline.filter((code) => /^(build\/release\/bin\/)?florind? [a-z-]|^\.\/dev |^(curl|kill|npm|node|cmake) |^[A-Z_]+=\S+ \S/.test(code));
  return [...fenced, ...named].map((command) => command.replace(/\s+#.*$/, '').replace(/^build\/release\/bin\//, ''));
}

for (const page of pages)
  for (const command of new Set(commands_of(page)))
    test(`${page}: ${command.slice(0, 70)}`, async () => {
      const known = kRuns.find(([pattern]) => pattern.test(command));
      assert.ok(known, 'nobody runs this command: add a line to kRuns');
      await known[1](...command.match(known[0]));
    });

test('florin policy test --json tells each test and its time', () => {
  const rows = JSON.parse(florin('--json', 'policy', 'test'));
  assert.ok(rows.length > 10 && rows.every(({ passed, file, name, took_us }) => passed && file && name && took_us >= 0));
});

test('each top-level folder has a README of its own', () => {
  const folders = new Set(execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
  for (const folder of folders)
    if (!folder.startsWith('.')) assert.ok(fs.existsSync(path.join(root, folder, 'README.md')), folder);
});

test('every link of a README leads to a file', () => {
  for (const page of pages)
    for (const [, link] of fs.readFileSync(path.join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
      if (!/^[a-z]+:/.test(link)) assert.ok(fs.existsSync(path.join(root, path.dirname(page), link)), `${page}: ${link}`);
});
