// With merchant A's key every id of merchant B answers as an id that nobody has: 404, on every route that
// takes one, found in the interface's description so that a new route cannot be forgotten.
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance();
const { test } = florin;
const a = florin.as('porto');
const b = florin.as('oslo');

const receiver = await WebhookReceiver.open();
after(() => receiver.close());
const endpoint = (await b.post('/webhook-endpoints', { url: receiver.url })).json;
const intent = (await b.post('/payments/create-intent', { amount: 8001, currency: 'EUR' })).json;
const held = (await b.pay(8002, { capture_method: 'manual', customer: { id: 'cus-b', email: 'b@example.com' } })).json;
const paid = (await b.pay(8003, { description: 'only for b' })).json;
const refund = (await b.post(`/payments/${paid.id}/refund`, { amount: 3 })).json;
const token = (await b.post('/tokens', { card: card().card })).json;
const method = (await b.post('/payment-methods', { card: card().card, customer: 'cus-b' })).json;
const delivery = await until('a delivery of b', async () => (await b.get('/webhook-deliveries')).json.data[0]);
const [event] = (await b.get('/events')).json.data;
const [entry] = (await b.get('/ledger/entries')).json.data;

const ids = [intent, held, paid, refund, token, method, endpoint, delivery, event, entry].map(({ id }) => id);
// These are not the merchant's own routes: a provider's webhook proves itself by its signature, and the
// payer's way back names both merchant and payment and shows neither.
const kOpenByDesign = ['receiveProviderWebhook', 'payerReturn'];
// Bodies that name what belongs to B, for routes whose id stands there.
const by_its_ids = [{ type: 'card', token: token.id }, { type: 'card', id: method.id }, method.id];
const own = (await a.post('/payments/create-intent', { amount: 8007, currency: 'EUR' })).json;
const kBodies = {
  confirmPayment: [
    ...ids.map((id) => ({ payment_id: id, payment_method: card() })),
    ...by_its_ids.map((payment_method) => ({ payment_id: own.id, payment_method })),
  ],
  createPayment: by_its_ids.map((payment_method) => ({ amount: 8004, currency: 'EUR', payment_method })),
  createPaymentIntent: by_its_ids.map((payment_method) => ({ amount: 8005, currency: 'EUR', payment_method })),
  createPaymentMethod: [{ token: token.id }, { card: card().card, customer: 'cus-b' }, { card: card().card, customer: { id: 'cus-b' } }],
};

const of_b = async () =>
  JSON.stringify([...(await Promise.all([intent, held, paid].map(({ id }) => b.payment(id)))), (await b.get(`/payment-methods/${method.id}`)).json]);
const before = await of_b();

for (const { method, pattern, operation } of florin.contract.operations()) {
  if (!pattern.includes('{') || kOpenByDesign.includes(operation.operationId)) continue;
  test(`${method} ${pattern} answers 404 to every id of another merchant`, async () => {
    for (const id of ids) {
      const path = pattern.replace(/\{[^}]+\}/g, id);
      const answer = await a.call(method, path, method === 'POST' ? {} : undefined);
      assert.equal(answer.status, 404, `${path}: ${answer.text}`);
    }
  });
}

for (const { method, pattern, operation } of florin.contract.operations()) {
  const bodies = kBodies[operation.operationId];
  if (!bodies) continue;
  test(`${method} ${pattern} does not find another merchant’s ids in its body`, async () => {
    for (const body of bodies) {
      const answer = await a.call(method, pattern, body);
      assert.ok([400, 404].includes(answer.status), answer.text);
      const nobodys = JSON.stringify(body).replaceAll(/((?:pay|tok|pm)_[0-9a-f]{20})[0-9a-f]{12}/g, `$1${'0'.repeat(12)}`);
      const unknown = await a.call(method, pattern, JSON.parse(nobodys));
      assert.equal(answer.status, unknown.status, 'it must look as if nobody had it');
    }
  });
}

// The token in its body is a telephone's, not one that Florin gave away.
const kForeignTokens = ['registerDevice'];
test('every route whose body takes an id is tried above', () => {
  const takers = [...florin.contract.operations()].filter(({ operation }) =>
    /"(token|payment_id)"/.test(JSON.stringify(operation.requestBody ?? {})) && !kForeignTokens.includes(operation.operationId));
  assert.deepEqual(takers.map(({ operation }) => operation.operationId).sort(), Object.keys(kBodies).sort());
});

for (const { method, pattern, operation } of florin.contract.operations()) {
  if (method !== 'GET' || pattern.includes('{') || !pattern.startsWith('/api/')) continue;
  const names = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.schema.type === 'string').map((one) => one.name);
  test(`GET ${pattern} lists nothing of another merchant, whatever is asked`, async () => {
    const queries = ['', ...names.flatMap((name) => [...ids, 'cus-b', 'only for b'].map((value) => `?${new URLSearchParams({ [name]: value })}`))];
    for (const query of queries) {
      const { status, text } = await a.call('GET', pattern + query);
      assert.ok(status < 500, text);
      if (status !== 200) continue;
      for (const id of ids) assert.ok(!text.includes(id), `${pattern}${query} shows ${id}`);
    }
  });
}

test('a customer’s own id at two merchants is two customers', async () => {
  const unknown = await a.pay(8006, { customer: { id: 'cus-b' } });
  assert.equal(unknown.status, 404, unknown.text);
  const mine = await a.pay(8006, { customer: { id: 'cus-b', email: 'a@example.com' } });
  assert.equal(mine.status, 201, mine.text);
  assert.equal(mine.json.customer.id, 'cus-b');
  assert.equal(mine.json.customer.email, 'a@example.com');
});

test('nothing of B changed by all this', async () => {
  assert.equal(await of_b(), before);
});
