// The crash drill: under load the daemon is struck, round after round; then Florin's books and events are
// held against the far sides' own books. FLORIN_CRASH_ROUNDS says how often (10), FLORIN_CRASH_BY by what:
// names of strikes, with commas between ("kill"), or "all"; FLORIN_CRASH_STORE on what: sqlite, or postgresql, for
// which it starts a server of its own. Oracles I1 to I7 and I10 of the drills.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import node_test from 'node:test';

import { start_appliance } from '../support/appliance.mjs';
import { PostgresCluster } from '../support/postgres_cluster.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';
import { Crowd } from './crowd.mjs';
import { strikes_on } from './strikes.mjs';

const rounds = Number(process.env.FLORIN_CRASH_ROUNDS ?? 10);
const by = process.env.FLORIN_CRASH_BY ?? 'kill';
const store = process.env.FLORIN_CRASH_STORE ?? 'sqlite';
const strikes = strikes_on(store);
const wanted = by === 'all' ? Object.keys(strikes) : by.split(',');
for (const name of wanted) assert.ok(strikes[name], `${name} is none of ${Object.keys(strikes)}`);

const cluster = store === 'postgresql' ? PostgresCluster.start() : undefined;
const skip = store === 'postgresql' && !cluster && 'PostgreSQL is not installed';
if (cluster) Object.assign(process.env, { FLORIN_TEST_STORE: store, FLORIN_TEST_POSTGRES: cluster.url });
const faults = cluster || by === 'kill' ? undefined : '/store/florin.db';
const florin = skip ? undefined : await start_appliance({ faults, chaos: wanted.includes('bad_network') });
const test = florin?.test ?? ((name, body) => node_test(name, { skip }, body));

test(`after ${rounds} rounds of ${wanted} under load on ${store} nothing is lost, doubled or untold`, async () => {
  florin.cluster = cluster;
  const porto = florin.as('porto');
  const receiver = await WebhookReceiver.open();
  const made = await porto.post('/webhook-endpoints', { url: receiver.url });
  assert.equal(made.status, 201, made.text);

  const crowd = new Crowd(florin, porto);
  crowd.start();
  let slowest = 0;
  for (let round = 0; round < rounds; round += 1) {
    // Each in turn first, so that none is left out; then as it comes.
    const name = wanted[round < wanted.length ? round : crypto.randomInt(wanted.length)];
    await strikes[name](florin);
    // I10: after the fault, service is normal within seconds and without a human.
    const ended = Date.now();
    await crowd.is_served(crowd.answered);
    slowest = Math.max(slowest, Date.now() - ended);
  }
  await crowd.stop();
  console.log(`${rounds} rounds of ${wanted} on ${store}: served again after ${slowest} ms at most, ${await crowd.all_is_right(receiver)}`);
});
