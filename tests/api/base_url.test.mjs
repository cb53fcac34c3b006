// What links out of the appliance begin with when nobody told it its address: the port that it really listens
// on, also when the system chose that. (With a certificate they are https: demo_tls.test.mjs.)
import assert from 'node:assert/strict';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { request } from '../support/http.mjs';

const florin = await start_appliance({ any_port: true });
const { test, far_sides } = florin;
const shop = florin.as('porto');
const by_challenge = { method: card(cards.challenged), return_url: 'https://shop.example/thanks' };

test('on a port that the system chose, the daemon says which', async () => {
  assert.notEqual(florin.port, 0);
  assert.equal((await request('GET', `http://localhost:${florin.port}/healthz`)).status, 200);
});

test('on a port that the system chose, the payer comes back to it', async () => {
  const waiting = (await shop.pay(9101, by_challenge)).json;
  assert.equal(waiting.status, 'requires_action');
  const back = await far_sides.payer(waiting.next_action.url, 'approve');
  assert.ok(back.startsWith(`http://localhost:${florin.port}/return/`), back);
  assert.equal((await request('GET', back)).status, 303);
  await shop.payment_becomes(waiting.id, 'succeeded');
});

test('on a port that the system chose, webhooks arrive', async () => {
  const { id, next_action } = (await shop.pay(9102, by_challenge)).json;
  await far_sides.payer(next_action.url, 'approve');
  await shop.payment_becomes(id, 'succeeded');
});
