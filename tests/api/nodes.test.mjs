// Two daemons on one PostgreSQL: what one leaves when it is killed is settled by the other within seconds,
// and what one is still carrying the other never touches. Judged by the far sides' own books.
import assert from 'node:assert/strict';
import node_test from 'node:test';

import { ApiClient, card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';

// From the kill until the other node has settled what it found: its look, the lock's end, one look-up.
const taken_over_within_ms = 5000;
const confirming = { plugin: 'stripe', method: 'POST', path_prefix: '/v1/payment_intents/' };

if (process.env.FLORIN_TEST_STORE === 'postgresql') {
  const first = await start_appliance();
  const second = await first.start_other_node();
  const { test, far_sides } = first;
  const shop = first.as('porto');
  const other = second.as('porto');

  async function intent(amount) {
    const made = await shop.post('/payments/create-intent', { amount, currency: 'EUR', metadata: { route: 'stripe-one' } });
    assert.equal(made.status, 201, made.text);
    return made.json.id;
  }
  // Confirms by the first node, and answers when the far side has the charge and keeps silent.
  async function carried_by_first(id, amount) {
    await far_sides.fault({ ...confirming, mode: 'silent_after', times: 1 });
    const answer = shop.post('/payments/confirm', { payment_id: id, payment_method: card() }).catch((error) => error);
    await until('the far side to have the charge', async () => (await far_sides.charges(amount)).length === 1);
    return answer;
  }

  test('what a node is still carrying is left to it', async () => {
    const amounts = Array.from({ length: 8 }, (_, i) => 7000 + i);
    const answers = await Promise.all(amounts.map(async (amount) => carried_by_first(await intent(amount), amount)));
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    for (const amount of amounts) assert.equal((await far_sides.charges(amount)).length, 1);
    assert.doesNotMatch(second.log, /is dead|carried by nobody/);
  });

  test('a node that joins meanwhile leaves it alone too', async () => {
    const id = await intent(7100);
    await far_sides.fault({ ...confirming, mode: 'silent_after', times: 1 });
    const answer = shop.post('/payments/confirm', { payment_id: id, payment_method: card() });
    await until('the far side to have the charge', async () => (await far_sides.charges(7100)).length === 1);
    const third = await first.start_other_node();
    assert.equal((await answer).status, 200, (await answer).text);
    assert.doesNotMatch(third.log, /is dead|carried by nobody/);
    assert.equal(await third.end_daemon(), 0);
    assert.doesNotMatch(second.log, /is dead/, 'a node that stops has nothing to be found out');
  });

  test('a key made at one node opens the other at once; when it ends it ends there too, and closes what it opened', async () => {
    const made = (...command) => JSON.parse(first.cli('--json', 'key', ...command));
    for (const end of [({ id }) => first.cli('key', 'revoke', id, '--merchant', 'porto'), ({ id }) => made('rotate', id, '--merchant', 'porto', '--overlap-hours', '0')]) {
      const key = made('create', '--merchant', 'porto');
      const client = new ApiClient(second, key.key);
      const opened = await client.get('/payments/history');
      assert.equal(opened.status, 200, opened.text);
      const feed = second.live('merchant/porto');
      await feed.subscribe(key.key);
      end(key);
      await until('the other node to refuse it', async () => (await client.get('/payments/history')).status === 401, taken_over_within_ms);
      assert.equal(await until('its socket to be closed', () => feed.closed, taken_over_within_ms), 4403);
    }
  });

  test('what a killed node left is settled by the other within seconds, to one charge', async () => {
    const id = await intent(7200);
    await far_sides.fault({ ...confirming, mode: 'silent_after', times: 1 });
    const lost = shop.post('/payments/confirm', { payment_id: id, payment_method: card() }, { 'Idempotency-Key': 'k7200' }).catch((error) => error);
    await until('the far side to have the charge', async () => (await far_sides.charges(7200)).length === 1);
    await first.end_daemon('SIGKILL');
    assert.ok((await lost) instanceof Error);
    await until('the other node to adopt it', async () => (await other.payment(id)).status === 'succeeded', taken_over_within_ms);
    assert.equal((await far_sides.charges(7200)).length, 1);
    const { attempts } = await other.payment(id, 'attempts');
    assert.deepEqual(attempts.map(({ status }) => status), ['approved']);
    // Its caller asks again under its key, wherever that arrives.
    const again = await other.post('/payments/confirm', { payment_id: id, payment_method: card() }, { 'Idempotency-Key': 'k7200' });
    assert.equal(again.status, 200, again.text);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    await first.start_daemon();
  });

  test('a capture and a refund that a killed node left are booked once', async () => {
    const held = (await shop.pay(7300, { capture_method: 'manual' })).json;
    const sold = (await shop.pay(7301)).json;
    await far_sides.fault({ ...confirming, mode: 'silent_after', times: 1 });
    const capture = shop.post(`/payments/${held.id}/capture`, {}).catch((error) => error);
    await far_sides.fault({ plugin: 'stripe', method: 'POST', path_prefix: '/v1/refunds', mode: 'silent_after', times: 1 });
    const refund = shop.post(`/payments/${sold.id}/refund`, {}).catch((error) => error);
    const booked = async (amount, kind) => (await far_sides.entries('stripe', amount)).filter((entry) => entry.kind.startsWith(kind)).length;
    await until('both to be done', async () => (await booked(7300, 'captur')) === 1 && (await booked(7301, 'refund')) === 1);
    await first.end_daemon('SIGKILL');
    await Promise.all([capture, refund]);
    await until(
      'the other node to settle both',
      async () => (await other.payment(held.id)).amount_captured === 7300 && (await other.payment(sold.id)).amount_refunded === 7301,
      taken_over_within_ms,
    );
    assert.equal(await booked(7300, 'captur'), 1);
    assert.equal(await booked(7301, 'refund'), 1);
    await first.start_daemon();
  });
} else {
  node_test('two nodes on one database', { skip: 'a SQLite file has one node' }, () => {});
}
