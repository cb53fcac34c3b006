// Every example of the interface's description is sent as it stands, with the ids of objects that were made for
// it, and is taken as it promises; no route that takes a body goes without one.
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { card } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { push_notifier } from '../support/push_notifier.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance({ webhooks: `notifiers:\n  ${push_notifier('payment.failed')}\n` });
const { test, contract } = florin;
const shop = florin.as('porto');
const receiver = await WebhookReceiver.open();
after(() => receiver.close());
const id_of = (answer) => {
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
};
const pay = async (more) => id_of(await shop.pay(1250, more));
const method = async () => id_of(await shop.post('/payment-methods', { card: card().card }));
const endpoint = async () => id_of(await shop.post('/webhook-endpoints', { url: receiver.url }));

// What an operation needs to be there: the id for its path and what stands in the example for an object's name.
const kPrepared = {
  capturePayment: async () => ({ id: await pay({ capture_method: 'manual' }) }),
  cancelPayment: async () => ({ id: await pay({ capture_method: 'manual' }) }),
  refundPayment: async () => ({ id: await pay() }),
  confirmPayment: async () => ({
    body: {
      payment_id: id_of(await shop.post('/payments/create-intent', { amount: 1250, currency: 'EUR' })),
      payment_method: { type: 'card', token: id_of(await shop.post('/tokens', { card: card().card })) },
    },
  }),
  updateWebhookEndpoint: async () => ({ id: await endpoint() }),
  rotateWebhookSecret: async () => ({ id: await endpoint() }),
  attachPaymentMethod: async () => ({ id: await method() }),
  detachPaymentMethod: async () => ({ id: await method() }),
  redeliverWebhook: async () => {
    await endpoint();
    await pay();
    const delivery = await until('a delivery', async () => (await shop.get('/webhook-deliveries')).json.data[0]);
    return { id: delivery.id };
  },
};
// Its body is the provider's own, and signed: the conformance suite and the API tests of webhooks send those.
const kProvidersOwn = ['receiveProviderWebhook'];

const posts = [...contract.operations()].filter(({ method, operation }) => method === 'POST' && !kProvidersOwn.includes(operation.operationId));
const examples_of = ({ requestBody }) => Object.entries(requestBody?.content['application/json'].examples ?? {});

test('every route that takes a body has an example', () => {
  const without = posts.filter(({ operation }) => operation.requestBody && examples_of(operation).length === 0);
  assert.deepEqual(without.map(({ operation }) => operation.operationId), []);
});

test('every object that a path names is prepared', () => {
  const unprepared = posts.filter(({ pattern, operation }) => pattern.includes('{') && !kPrepared[operation.operationId]);
  assert.deepEqual(unprepared.map(({ operation }) => operation.operationId), []);
});

async function is_taken(method, pattern, operation, name, example) {
  const { id, body } = (await kPrepared[operation.operationId]?.()) ?? {};
  // Only what the example itself says is replaced.
  const sent = example && { ...example, ...Object.fromEntries(Object.entries(body ?? {}).filter(([member]) => member in example)) };
  const answer = await shop.call(method, pattern.replace('{id}', id), sent);
  if (name === 'declined') assert.equal(answer.status, 402, answer.text);
  else assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
}

for (const { method, pattern, operation } of posts) {
  if (!operation.requestBody)
    test(`${operation.operationId} takes no body`, () => is_taken(method, pattern, operation));
  for (const [name, { value }] of examples_of(operation)) {
    test(`${operation.operationId}: the example "${name}" fits its schema and is taken`, async () => {
      const wrong = contract.violations(value, 'paths', pattern, 'post', 'requestBody', 'content', 'application/json', 'schema');
      assert.deepEqual(wrong, []);
      await is_taken(method, pattern, operation, name, value);
    });
  }
}
