// What must be true after every drill, whatever was done to the appliance: the oracles I1 to I7, over the
// API, the far sides' own books and `florin ledger verify`. Every payment of a drill has an amount of its own.
import assert from 'node:assert/strict';

import { until } from './http.mjs';

export async function all_events(merchant) {
  const events = [];
  for (let after = 0; ; ) {
    const { json } = await merchant.get(`/events?after=${after}&limit=100`);
    events.push(...json.data);
    if (!json.has_more) return events;
    after = json.data.at(-1).seq;
  }
}

export async function all_books(far_sides) {
  const entries = [];
  for (const provider of ['stripe', 'paypal']) entries.push(...(await far_sides.control('GET', `/books/${provider}`)).entries);
  return entries;
}

export const total = (entries, kind) => entries.filter((entry) => entry.kind === kind).reduce((sum, entry) => sum + entry.amount, 0);

// I5: a request is asked under its key until it is answered for good, and then is answered the same way again.
// (A refusal that changed nothing is worked out anew: only the request's own id differs.)
const without_request_id = (text) => text.replace(/"request_id":"[^"]*",/, '');
export async function settle_unanswered(merchant, { path: where, body, key }, within_ms = 60_000) {
  const ask = () => merchant.post(where, body, { 'Idempotency-Key': key });
  const answer = await until(
    `an answer to ${where}`,
    async () => {
      const again = await ask();
      return again.status !== 409 || again.json.error.type !== 'idempotency_error' ? again : undefined;
    },
    within_ms,
  );
  if (answer.status < 500) assert.equal(without_request_id((await ask()).text), without_request_id(answer.text), 'a replay is the same bytes');
  return answer;
}

// I7: what was in doubt is settled within its bound.
export function all_settled(merchant, within_ms = 90_000) {
  return until(
    'every payment to be settled',
    async () => (await merchant.get('/payments/history?status=processing&limit=1')).json.data.length === 0,
    within_ms,
  );
}

// I1: what was told of a payment still holds; nothing went backwards.
export async function still_holds(merchant, told) {
  const now = await merchant.payment(told.id);
  assert.equal(now.amount, told.amount);
  if (told.status === 'succeeded') assert.equal(now.status, 'succeeded', `${told.id} was told as succeeded`);
  assert.ok(now.amount_captured >= told.amount_captured, `${told.id} lost a capture`);
  assert.ok(now.amount_refunded >= (told.amount_refunded ?? 0), `${told.id} lost a refund`);
}

// I2: no payment is charged twice: of its captures at most one is not voided.
export function nobody_charged_twice(books) {
  const voided = new Set(books.filter(({ kind }) => kind === 'voided').map(({ reference }) => reference));
  const charges = new Map();
  for (const entry of books.filter(({ kind }) => kind === 'captured')) {
    if (voided.has(entry.reference)) continue;
    charges.set(entry.amount, (charges.get(entry.amount) ?? new Set()).add(entry.reference));
  }
  for (const [amount, references] of charges) assert.equal(references.size, 1, `amount ${amount} was charged at ${[...references]}`);
}

// I4: our books say what the far sides' books say, to the last unit.
export async function books_agree(merchant, far_sides, within_ms = 60_000) {
  let compared;
  const agree = async () => {
    const { json } = await merchant.get('/ledger/balances');
    const balance = (account) => json.data.filter((one) => one.account === account).reduce((sum, one) => sum + one.amount, 0);
    const books = await all_books(far_sides);
    compared = { sales: -balance('sales'), captured: total(books, 'captured'), refunds: balance('refunds'), refunded: total(books, 'refunded') };
    return compared.sales === compared.captured && compared.refunds === compared.refunded;
  };
  await until('our books and the far sides to agree', agree, within_ms).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(compared)}`);
  });
}

export function ledger_verifies(florin) {
  assert.match(florin.cli('ledger', 'verify'), /^ok/);
}

// I6: the live sequence has no gap, and each event was delivered at least once, under one id.
export async function everything_told(merchant, receiver, within_ms = 90_000) {
  const events = await all_events(merchant);
  events.forEach((event, index) => assert.equal(event.seq, index + 1));
  await until(
    'every event to be delivered',
    () => {
      const told = new Set(receiver.received.map(({ event }) => event.id));
      return events.every(({ id }) => told.has(id));
    },
    within_ms,
  );
  return events;
}
