// Ten times what the daemon can do (in ./dev test: four times) comes by the clock: what it cannot do soon it says so
// at once, before any work, and what it takes it serves about as fast as ever; afterwards all is as before. What it
// can do is what 64 connections get out of it in a closed loop. Daemon and load have a core each, so that the one is
// not measured by how much the other leaves; with one core there is nothing to see. A machine that does other things
// makes it look worse, never better, so the best of three rounds counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import os from 'node:os';

import { start_appliance } from '../support/appliance.mjs';
import { slowdown } from '../support/sanitizers.mjs';
import * as oracles from '../support/oracles.mjs';
import { ms, open_loop } from './open_loop.mjs';
import { say } from './report.mjs';

const seconds = Number(process.env.FLORIN_LOAD_SECONDS ?? 4);
// ./dev test shares its machine with anything: less comes there, and only what is answered counts, not how fast. The
// bars are ./dev bench's, which sets how long it takes.
const bench = process.env.FLORIN_LOAD_SECONDS !== undefined;
const kTimes = bench ? 10 : 4;
const kRounds = 3;
const kRatio = bench ? 3 : Infinity;
// Where less than this was sent of what was asked, the load had no processor or no connection left: then what is
// measured is not what ten times too many callers do.
const kOffered = bench ? 0.99 : 0;
const kConnections = 2000;
const skip = os.availableParallelism() < 2 && 'this machine has one core';
const florin = await start_appliance({ set: ['server.limits.connections_per_address=0', 'log.level=error'] });
const { port } = florin;
const shop = florin.as('porto');
if (!skip) execFileSync('taskset', ['-acp', '0', String(florin.daemon.pid)], { stdio: 'ignore' });

const run = (settings) => open_loop({ port, merchant: 'porto', patience: 20 * slowdown, core: 1, ...settings });
const figures = async () => {
  const { text } = await shop.call('GET', '/metrics');
  return Number(/^florin_requests_shed_total (\S+)/m.exec(text)[1]);
};

async function round() {
  const closed = await run({ rate: 0, seconds, connections: 64 });
  const normal = closed.answers[201];
  assert.equal(normal.count, closed.sent, `all are taken: ${JSON.stringify(closed)}`);
  const can = Math.floor(normal.count / seconds);
  say('normal: 64 connections in a closed loop', `${can}/s`);
  say('  p50, p99', `${ms(normal.p50_us)} ms, ${ms(normal.p99_us)} ms`);

  const flood = await run({ rate: can * kTimes, seconds, connections: kConnections });
  const taken = flood.answers[201];
  const shed = flood.answers[503];
  assert.deepEqual(Object.keys(flood.answers).sort(), ['201', '503']);
  const offered = flood.sent / flood.asked;
  say(`overload: ${kTimes} times that, by the clock`, `${Math.floor(flood.asked / seconds)}/s`);
  say('  of that sent', `${(100 * offered).toFixed(1)} %`, `at least ${100 * kOffered} %`);
  say("  the load's own core, and how late it was (p99)", `${Math.round(100 * flood.cpu_share)} %, ${ms(flood.late_p99_us)} ms`);
  say('  the longest that it had no processor', `${ms(flood.stood_us)} ms`);
  say('  taken', `${Math.floor(taken.count / seconds)}/s`);
  say('  p50, p99 of what was taken', `${ms(taken.p50_us)} ms, ${ms(taken.p99_us)} ms`);
  say('  p50, p99 of a refusal', `${ms(shed.p50_us)} ms, ${ms(shed.p99_us)} ms`);
  const ratio = taken.p99_us / normal.p99_us;
  say('  p99 of what was taken, against normal', ratio.toFixed(2), 'within 3');
  assert.equal(flood.unanswered + flood.broken, 0);
  assert.equal(flood.told_when, shed.count, 'each refusal says when to come back');
  assert.ok((await figures()) >= shed.count, 'and is counted');

  const after = await run({ rate: Math.floor(can / 2), seconds: 1, connections: 256 });
  const again = after.answers[201];
  say('just after, at half of what can be done: p50, p99', `${ms(again.p50_us)} ms, ${ms(again.p99_us)} ms`);
  return { offered, ratio, missed: after.sent - again.count };
}

florin.test('256 connections in a closed loop overload nobody: all are taken', async () => {
  const crowd = await run({ rate: 0, seconds, connections: 256 });
  assert.equal(crowd.answers[201].count, crowd.sent, JSON.stringify(crowd));
}, { skip });

florin.test(`${kTimes} times what can be done is turned away early, and what is taken is as fast as ever`, async () => {
  const rounds = [];
  const good = ({ offered, ratio, missed }) => offered >= kOffered && ratio <= kRatio && missed === 0;
  while (rounds.length < kRounds && !rounds.some(good)) rounds.push(await round());
  assert.ok(rounds.some(good), `what was offered, ratios of the p99, who was turned away afterwards: ${JSON.stringify(rounds)}`);
}, { skip });

florin.test('what was turned away has left nothing behind', async () => {
  const { json } = await shop.get('/events?limit=1&after=0');
  assert.ok(json.data.length > 0);
  oracles.ledger_verifies(florin);
});
