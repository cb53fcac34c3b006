// One provider falls silent under a thousand payments: those who pay by way of another notice nothing. The two
// figures come from one run, before the silence and in it; a machine that does other things makes them differ as
// well, never agree, so the best of three rounds counts.
import assert from 'node:assert/strict';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';
import { ms, open_loop } from './open_loop.mjs';
import { say } from './report.mjs';

// The silence lasts eight seconds, the account's time-out.
const seconds = Math.min(6, Number(process.env.FLORIN_LOAD_SECONDS ?? 4));
const kSilent = 1000;
const kRate = 100;
const kRounds = 3;
// ./dev test shares its machine with anything and looks for what is far out; the bar is ./dev bench's.
const kRatio = process.env.FLORIN_LOAD_SECONDS ? 1.5 : 4;
const florin = await start_appliance({ set: ['server.limits.connections_per_address=0', 'log.level=error'] });
const { port, test } = florin;
const patient = florin.as('patient');

let last = 10_000; // Each payment has an amount of its own.
const amounts = (count) => (last += count) - count;
const lively = () =>
  open_loop({ port, merchant: 'patient', route: 'wallet', first_amount: amounts(kRate * seconds), rate: kRate, seconds, connections: 64 });
const in_flight = async () => {
  const { json } = await patient.get('/providers');
  return json.data.find(({ name }) => name === 'stripe-one').health.in_flight;
};

async function round() {
  const before = await lively();
  await florin.far_sides.fault({ plugin: 'stripe', path_prefix: '/v1/payment_intents', mode: 'silent_before' });
  const silent = open_loop({ port, merchant: 'patient', route: 'stripe-one', first_amount: amounts(kSilent), rate: kSilent, seconds: 1, connections: kSilent, patience: 30 });
  await until('a thousand to be in flight', async () => (await in_flight()) >= kSilent);
  const during = await lively();
  await florin.far_sides.heal();
  const ended = await silent;
  for (const seen of [before, during]) assert.equal(seen.answers[201]?.count, kRate * seconds, `every payment is taken: ${JSON.stringify(seen)}`);
  assert.equal(ended.unanswered + ended.broken, 0, 'whoever met the silence is answered as well');
  const [quiet, silence] = [before.answers[201], during.answers[201]];
  say('another provider, before: p50, p99', `${ms(quiet.p50_us)} ms, ${ms(quiet.p99_us)} ms`);
  say(`  while ${kSilent} wait for a silent one: p50, p99`, `${ms(silence.p50_us)} ms, ${ms(silence.p99_us)} ms`);
  const ratio = silence.p99_us / quiet.p99_us;
  say('  ratio of the p99', ratio.toFixed(2), 'within 1.5');
  return ratio;
}

test('a thousand silent payments at one provider leave another provider as fast as it was', async () => {
  const ratios = [];
  while (ratios.length < kRounds && !ratios.some((ratio) => ratio <= kRatio)) {
    ratios.push(await round());
    // The circuit closes again by a payment that is answered.
    await until('the provider to be believed again', async () => (await patient.pay(amounts(1))).json.status === 'succeeded', 60_000);
  }
  assert.ok(ratios.some((ratio) => ratio <= kRatio), `ratios of the p99: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
});

test('what was silent is settled, and nobody was charged twice', async () => {
  await oracles.all_settled(patient);
  oracles.nobody_charged_twice(await oracles.all_books(florin.far_sides));
  await oracles.books_agree(patient, florin.far_sides);
  oracles.ledger_verifies(florin);
});
