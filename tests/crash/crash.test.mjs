// The crash drill: under load the daemon is struck, round after round; then Florin's books and events are
// held against the far sides' own books. FLORIN_CRASH_ROUNDS says how often (10), FLORIN_CRASH_BY by what:
// names of strikes, with commas between ("kill"), or "all". Oracles I1 to I7 of the drills.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { start_appliance } from '../support/appliance.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';
import { Crowd } from './crowd.mjs';
import { strikes } from './strikes.mjs';

const rounds = Number(process.env.FLORIN_CRASH_ROUNDS ?? 10);
const by = process.env.FLORIN_CRASH_BY ?? 'kill';
const wanted = by === 'all' ? Object.keys(strikes) : by.split(',');
for (const name of wanted) assert.ok(strikes[name], `${name} is none of ${Object.keys(strikes)}`);

const florin = await start_appliance({ faults: by === 'kill' ? undefined : '/store/florin.db', chaos: wanted.includes('bad_network') });
const porto = florin.as('porto');
const receiver = await WebhookReceiver.open();

florin.test(`after ${rounds} rounds of ${wanted} under load nothing is lost, doubled or untold`, async () => {
  const made = await porto.post('/webhook-endpoints', { url: receiver.url });
  assert.equal(made.status, 201, made.text);

  const crowd = new Crowd(florin, porto);
  crowd.start();
  for (let round = 0; round < rounds; round += 1) {
    // Each in turn first, so that none is left out; then as it comes.
    const name = wanted[round < wanted.length ? round : crypto.randomInt(wanted.length)];
    const answered = crowd.answered;
    await strikes[name](florin);
    // I10: after the fault, service is normal within seconds and without a human.
    await crowd.is_served(answered);
  }
  await crowd.stop();
  console.log(`${rounds} rounds of ${wanted}: ${await crowd.all_is_right(receiver)}`);
});
