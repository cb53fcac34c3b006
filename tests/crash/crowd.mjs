// Load for the drills: shoppers who pay, capture and refund through a merchant's API, and a saboteur at the
// far sides. What was answered and what was not is kept, for the oracles.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { card } from '../support/api_client.mjs';
import { until } from '../support/http.mjs';
import * as oracles from '../support/oracles.mjs';

const routes = ['stripe-one,stripe-two', 'wallet', 'stripe-gone,stripe-two', 'stripe-two'];
const pick = (list) => list[crypto.randomInt(list.length)];

export class Crowd {
  constructor(florin, merchant) {
    this.florin = florin;
    this.merchant = merchant;
    this.acknowledged = new Map(); // What was told of each payment, by its id.
    this.unanswered = []; // { path, body, key }: asked, and not answered for good.
    this.refused = new Map(); // How many answers of 500 and more there were, by status and code.
    this.running = true;
    this.number = 0;
    this.answered = 0; // Payments that were taken, whatever became of them.
  }

  start({ shoppers = 12, sabotage = true } = {}) {
    this.all = Array.from({ length: shoppers }, () => this.shop());
    if (sabotage) this.all.push(this.sabotage());
  }

  // Every shopper ends what it is at; then all is well again, at the far sides and on the way there: also the
  // account that nobody ever reached, so that an attempt which a crash left open there can be asked about.
  async stop() {
    this.running = false;
    await Promise.all(this.all);
    await this.florin.far_sides.heal();
    this.florin.proxy?.heal();
    await this.florin.raise_the_dead();
  }

  // Somebody is served, more than `before` were, within five seconds.
  is_served(before) {
    return until('somebody to be served again', () => this.answered > before, 5000);
  }

  // One request under one key. A connection that dies, a 409 and a 5xx are kept, to be asked again.
  async ask(path, body) {
    const key = crypto.randomUUID();
    try {
      const answer = await this.merchant.post(path, body, { 'Idempotency-Key': key });
      if (answer.status < 500 && answer.status !== 409) return answer;
      if (answer.status >= 500) {
        const what = `${answer.status} ${answer.json?.error.code}`;
        this.refused.set(what, (this.refused.get(what) ?? 0) + 1);
      }
    } catch {
      // The daemon is gone.
    }
    this.unanswered.push({ path, body, key });
    return undefined;
  }

  note(answer) {
    const payment = answer.json.error?.payment ?? answer.json;
    if (payment?.object === 'payment') this.acknowledged.set(payment.id, payment);
    return payment;
  }

  async shop() {
    while (this.running) {
      const manual = crypto.randomInt(3) === 0;
      const taken = await this.ask('/payments', {
        amount: 1000 + (this.number += 1),
        currency: 'EUR',
        payment_method: card(crypto.randomInt(8) === 0 ? '4000000000000002' : '4242424242424242'),
        capture_method: manual ? 'manual' : 'automatic',
        metadata: { route: pick(routes) },
      });
      if (!taken) {
        await sleep(20);
        continue;
      }
      const payment = this.note(taken);
      this.answered += 1;
      if (payment?.status === 'requires_capture') {
        const captured = await this.ask(`/payments/${payment.id}/capture`, {});
        if (captured) this.note(captured);
      } else if (payment?.status === 'succeeded' && crypto.randomInt(3) === 0) {
        await this.ask(`/payments/${payment.id}/refund`, { amount: 1 + crypto.randomInt(500) });
      }
    }
  }

  // Now and then a far side does wrong: silent before or after it acted, or failing.
  async sabotage() {
    while (this.running) {
      await sleep(100 + crypto.randomInt(200));
      const mode = pick(['silent_after', 'silent_before', 'status']);
      await this.florin.far_sides
        .fault({ plugin: pick(['stripe', 'paypal']), method: 'POST', mode, ...(mode === 'status' ? { status: 503 } : {}), times: 1 })
        .catch(() => {});
    }
  }

  // All oracles, after stop(). Answers what a summary says.
  async all_is_right(receiver) {
    for (const one of this.unanswered) this.note(await oracles.settle_unanswered(this.merchant, one));
    await oracles.all_settled(this.merchant);
    for (const told of this.acknowledged.values()) await oracles.still_holds(this.merchant, told);
    oracles.nobody_charged_twice(await oracles.all_books(this.florin.far_sides));
    await oracles.books_agree(this.merchant, this.florin.far_sides);
    oracles.ledger_verifies(this.florin);
    const events = receiver ? await oracles.everything_told(this.merchant, receiver) : await oracles.all_events(this.merchant);
    assert.ok(this.acknowledged.size > 0, 'a drill without an acknowledged payment says nothing');
    return `${this.acknowledged.size} payments acknowledged, ${this.unanswered.length} requests unanswered and settled, ${events.length} events`;
  }
}
