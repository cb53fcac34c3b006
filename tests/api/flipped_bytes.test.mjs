// A flipped byte in the database of a florind that was killed, in its log, in a database at rest and in a backup: either
// `florin ledger verify` names what is wrong, or the books say what they said. SQLite's files; PostgreSQL has its own checks.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import node_test from 'node:test';

import { start_appliance } from '../support/appliance.mjs';

const skip = process.env.FLORIN_TEST_STORE === 'postgresql' && 'PostgreSQL looks after its own files';
const kFlips = Number(process.env.FLORIN_FLIPS ?? 20); // In each file.

// The money in a database, as anybody would read it.
const kBooks = `select account, currency, amount, payment_id from ledger_entries order by 1, 2, 3, 4;
  select account, currency, amount from ledger_balances order by 1, 2, 3;
  select id, captured, refunded, status from payments order by 1;`;
const sqlite3 = (file, statement) => execFileSync('sqlite3', [file, statement], { encoding: 'utf8' });

async function drill() {
  const florin = await start_appliance();
  const shop = florin.as('porto');
  const directory = path.dirname(florin.store.url.slice('sqlite:'.length));
  for (let number = 0; number < 12; number += 1) {
    const paid = await shop.pay(1000 + number, { route: 'bench' });
    assert.equal(paid.json.status, 'succeeded', paid.text);
    if (number % 3 === 0) await shop.post(`/payments/${paid.json.id}/refund`, { amount: 10 + number });
  }

  // Copies of all files under names of their own, so that each flip has fresh ones.
  const keep = (name) => fs.cpSync(directory, path.join(florin.directory, name), { recursive: true, filter: (file) => !file.endsWith('.sock') });
  await florin.end_daemon('SIGKILL');
  keep('killed');
  await florin.start_daemon();
  await florin.end_daemon();
  assert.equal(fs.existsSync(path.join(directory, 'florin.db-wal')), false, 'a clean stop writes the log back');
  keep('at_rest');
  sqlite3(path.join(directory, 'florin.db'), `vacuum into '${florin.directory}/backup.db'`);
  fs.mkdirSync(path.join(florin.directory, 'backup'));
  fs.renameSync(path.join(florin.directory, 'backup.db'), path.join(florin.directory, 'backup', 'florin.db'));

  // What `florin ledger verify` says of copies of `from` in which `damage` was done.
  function verify(from, damage) {
    const place = path.join(florin.directory, 'damaged');
    fs.rmSync(place, { recursive: true, force: true });
    fs.cpSync(path.join(florin.directory, from), place, { recursive: true });
    damage(place);
    const file = path.join(place, 'florin.db');
    const said = spawnSync(path.join(florin.build, 'bin', 'florin'), ['--config', florin.config, '--set', `store.url=sqlite:${file}`, 'ledger', 'verify'],
      { cwd: florin.directory, encoding: 'utf8' });
    return { sound: said.status === 0, text: said.stdout + said.stderr, books: () => sqlite3(file, kBooks), file };
  }
  const flip = (name, at) => (place) => {
    const file = path.join(place, name);
    const bytes = fs.readFileSync(file);
    bytes[at ?? crypto.randomInt(bytes.length)] ^= 1 << crypto.randomInt(8);
    fs.writeFileSync(file, bytes);
  };

  const whole = verify('at_rest', () => {});
  assert.ok(whole.sound, whole.text);
  const books = whole.books();
  assert.match(books, /sales\|EUR\|-1000/);
  const never_another = (from, damage) => {
    const found = verify(from, damage);
    if (found.sound) assert.equal(found.books(), books, 'verify said that all was well');
    else assert.match(found.text, /damaged|malformed|not a database|payment|balance|transaction|account|events|migration|database/);
    return found;
  };

  for (const [what, from, file] of [['the database of a killed florind', 'killed', 'florin.db'], ['its log', 'killed', 'florin.db-wal'], ['a database at rest', 'at_rest', 'florin.db'], ['a backup', 'backup', 'florin.db']])
    florin.test(`${kFlips} flipped bytes in ${what} never make another answer`, () => {
      for (let times = 0; times < kFlips; times += 1) never_another(from, flip(file));
    });

  florin.test('a flipped byte among the confirmed frames of the log is named, with the place and what to do; florind refuses to start', async () => {
    const found = never_another('killed', flip('florin.db-wal', 32 + 24 + 100));
    assert.ok(!found.sound);
    assert.match(found.text, /florin\.db-wal is damaged in frame 1 of \d+, bytes 32 to 4151: .* restore the database from a backup/);
    const own = florin.store;
    florin.store = { ...own, url: `sqlite:${found.file}` };
    await assert.rejects(florin.start_daemon(), /is damaged in frame 1 of/);
    florin.store = own;
  });

  florin.test('a flipped bit in a row, which SQLite cannot see, is named by its page', () => {
    const at = fs.readFileSync(path.join(florin.directory, 'at_rest', 'florin.db')).indexOf(',1000]') + 1;
    assert.ok(at > 0, 'the first payment\'s postings are there');
    const found = verify('at_rest', (place) => {
      const file = path.join(place, 'florin.db');
      const bytes = fs.readFileSync(file);
      bytes[at] ^= 8; // 9000.
      fs.writeFileSync(file, bytes);
    });
    assert.ok(!found.sound);
    assert.match(found.text, new RegExp(`page ${Math.floor(at / 4096) + 1} of .*florin\\.db, bytes \\d+ to \\d+, is not as florind wrote it`));
  });

  // The copy has no seals: sqlite3 made it.
  florin.test('a changed amount in a row of a copy that another program made is found by its books', () => {
    const one_more = "update ledger_postings set lines = replace(lines, ',1000]', ',1001]')";
    const found = verify('backup', (place) => sqlite3(path.join(place, 'florin.db'), one_more));
    assert.ok(!found.sound);
    assert.match(found.text, /sums to 1 minor units, not zero/);
  });
}

if (skip) node_test('flipped bytes in SQLite’s files', { skip }, () => {});
else await drill();
