// Saved payment methods: made from a card or a token, saved while paying, paid with, listed, given to a
// customer and ended.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { card, cards } from '../support/api_client.mjs';
import { start_appliance } from '../support/appliance.mjs';
import { request } from '../support/http.mjs';

const florin = await start_appliance();
const { test, far_sides } = florin;
const shop = florin.as('porto');
const browser = florin.as('porto', 'pk');

async function made(answer, status = 201) {
  const got = await answer;
  assert.equal(got.status, status, got.text);
  return got.json;
}
const save = (body = {}) => made(shop.post('/payment-methods', { type: 'card', card: card().card, ...body }));
const customers_methods = async (customer) => (await made(shop.get(`/payment-methods?customer=${customer}`), 200)).data;
async function events_of(id) {
  const all = [];
  for (let more = true; more; ) {
    const page = (await shop.get(`/events?limit=100&type=payment_method.*&after=${all.at(-1)?.seq ?? 0}`)).json;
    all.push(...page.data);
    more = page.has_more;
  }
  return all.filter(({ data: { object } }) => object.id === id);
}
async function no(answer, status, code) {
  const { status: got, json, text } = await answer;
  assert.equal(got, status, text);
  if (code) assert.equal(json.error.code, code, text);
  return json.error;
}

test('a card given in full is saved for its customer, and shown without its number', async () => {
  const method = await save({ customer: { email: 'ines@example.com', name: 'Inês' }, metadata: { colour: 'blue' } });
  assert.match(method.id, /^pm_[0-9a-f]{32}$/);
  assert.match(method.customer, /^cus_/);
  assert.equal(method.status, 'active');
  assert.deepEqual(method.metadata, { colour: 'blue' });
  const { brand, last4, exp_month, exp_year, fingerprint } = method.card;
  assert.deepEqual({ brand, last4, exp_month, exp_year }, { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 });
  assert.match(fingerprint, /^[0-9a-f]{32}$/);
  assert.deepEqual((await shop.get(`/payment-methods/${method.id}`)).json, method);
  const again = await save({ customer: method.customer });
  assert.equal(again.customer, method.customer, 'the customer’s id alone will do');
  assert.equal(again.card.fingerprint, fingerprint, 'equal cards have equal fingerprints');
  const [told] = await events_of(method.id);
  assert.equal(told.type, 'payment_method.created');
});

test('a one-time token becomes a saved method, and is used up', async () => {
  const token = (await made(browser.post('/tokens', { card: card().card }))).id;
  const method = await made(shop.post('/payment-methods', { token }));
  assert.equal(method.customer, null);
  assert.equal(method.card.last4, '4242');
  assert.equal((await no(shop.post('/payment-methods', { token }), 400, 'token_already_used')).param, 'token');
  await no(shop.pay(6001, { method: { type: 'card', token } }), 400, 'token_already_used');
  assert.equal((await made(shop.pay(6002, { method: method.id }))).status, 'succeeded');
});

test('the same key and body save one method and answer the same bytes', async () => {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const body = { card: card().card, customer: { email: 'twice@example.com' } };
  const first = await shop.post('/payment-methods', body, headers);
  const second = await shop.post('/payment-methods', body, headers);
  assert.equal(second.text, first.text);
  assert.equal(second.headers['idempotent-replayed'], 'true');
  assert.equal((await customers_methods(first.json.customer)).length, 1);
  await no(shop.post('/payment-methods', { card: card().card }, headers), 422);
});

for (const [how, named] of [
  ['its id alone, as Stripe’s users write it', (id) => id],
  ['an object with its id', (id) => ({ id })],
  ['type and id', (id) => ({ type: 'card', id })],
]) {
  test(`a payment takes a saved method by ${how}, for its customer, and again`, async () => {
    const method = await save({ customer: { email: 'rui@example.com' } });
    for (const amount of [6010, 6011]) {
      const payment = await made(shop.pay(amount, { method: named(method.id) }));
      assert.equal(payment.status, 'succeeded');
      assert.equal(payment.payment_method.id, method.id);
      assert.equal(payment.payment_method.type, 'card');
      assert.equal(payment.payment_method.card.fingerprint, method.card.fingerprint);
      assert.equal(payment.customer.id, method.customer);
    }
  });
}

test('a saved method goes to the far side as a fresh card does, once, and its replay is the same bytes', async () => {
  const method = await save({ customer: { email: 'once@example.com' } });
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const first = await shop.pay(6020, { method: method.id, headers });
  const second = await shop.pay(6020, { method: method.id, headers });
  assert.equal(first.status, 201, first.text);
  assert.equal(second.text, first.text);
  assert.equal((await far_sides.charges(6020)).length, 1);
  const fresh = await made(shop.pay(6021, { customer: { id: method.customer } }));
  assert.equal(fresh.payment_method.card.fingerprint, first.json.payment_method.card.fingerprint);
  const [of_saved, of_fresh] = await Promise.all(
    [first.json, fresh].map(async ({ id }) => (await shop.payment(id, 'routing')).routing[0]));
  assert.deepEqual(Object.keys(of_saved).sort(), Object.keys(of_fresh).sort());
  assert.deepEqual(of_saved.routes, of_fresh.routes);
});

test('a saved method fails over, and a saved card that is declined says why', async () => {
  const method = await save();
  const payment = await made(shop.pay(6022, { method: method.id, route: 'stripe-gone,stripe-two' }));
  assert.equal(payment.account, 'stripe-two');
  const poor = await save({ card: card(cards.poor).card });
  const error = await no(shop.pay(6023, { method: poor.id }), 402);
  assert.equal(error.decline_code, 'insufficient_funds');
  assert.equal(error.payment.payment_method.id, poor.id);
  const again = await made(shop.post('/payments/confirm', { payment_id: error.payment.id, payment_method: method.id }), 200);
  assert.equal(again.status, 'succeeded');
  assert.equal(again.payment_method.id, method.id);
});

test('the two-step form takes a saved method at either step', async () => {
  const method = await save({ customer: { email: 'two@example.com' } });
  const early = await made(shop.post('/payments/create-intent', { amount: 6030, currency: 'EUR', payment_method: method.id }));
  assert.equal(early.status, 'requires_confirmation');
  assert.equal(early.payment_method.id, method.id);
  assert.equal(early.customer.id, method.customer);
  assert.equal((await made(shop.post('/payments/confirm', { payment_id: early.id }), 200)).status, 'succeeded');
  const late = await made(shop.post('/payments/create-intent', { amount: 6031, currency: 'EUR' }));
  const paid = await made(shop.post('/payments/confirm', { payment_id: late.id, payment_method: { type: 'card', id: method.id } }), 200);
  assert.equal(paid.status, 'succeeded');
  assert.equal(paid.customer.id, method.customer);
});

test('3-D Secure with a saved method: challenged, passed, paid', async () => {
  const method = await save({ card: card(cards.challenged).card });
  const waiting = await made(shop.pay(6032, { method: method.id, return_url: 'https://shop.example/thanks' }));
  assert.equal(waiting.status, 'requires_action');
  await request('GET', await far_sides.payer(waiting.next_action.url, 'approve'));
  const paid = await shop.payment_becomes(waiting.id, 'succeeded');
  assert.equal(paid.payment_method.id, method.id);
});

test('a payer’s browser pays with a method of the payment’s customer, and with no other', async () => {
  const mine = await save({ customer: { email: 'mine@example.com' } });
  const another = await save({ customer: { email: 'another@example.com' } });
  const nobodys = await save();
  const intent = await made(shop.post('/payments/create-intent', { amount: 6033, currency: 'EUR', customer: mine.customer }));
  const confirm = (payment_method, { id: payment_id, client_secret } = intent) =>
    browser.post('/payments/confirm', { payment_id, client_secret, payment_method });
  await no(confirm(another.id), 404, 'resource_missing');
  await no(confirm(nobodys.id), 404, 'resource_missing');
  const ownerless = await made(shop.post('/payments/create-intent', { amount: 6034, currency: 'EUR' }));
  await no(confirm(mine.id, ownerless), 404, 'resource_missing');
  assert.equal((await made(confirm(mine.id), 200)).status, 'succeeded');
});

test('a method of another customer is as unknown as one that nobody has', async () => {
  const method = await save({ customer: { email: 'her@example.com' } });
  const him = (await save({ customer: { email: 'him@example.com' } })).customer;
  const hidden = (error) => ({ ...error, request_id: '', message: error.message.replace(/pm_\w+/, '') });
  const unknown = hidden(await no(shop.pay(6035, { method: `pm_${'0'.repeat(32)}` }), 404, 'resource_missing'));
  for (const customer of [him, { id: him }, { email: 'him@example.com' }, { email: 'new@example.com' }])
    assert.deepEqual(hidden(await no(shop.pay(6035, { method: method.id, customer }), 404, 'resource_missing')), unknown);
  await no(shop.post('/payments/create-intent', { amount: 6035, currency: 'EUR', payment_method: method.id, customer: him }), 404);
  const intent = await made(shop.post('/payments/create-intent', { amount: 6035, currency: 'EUR', customer: him }));
  await no(shop.post('/payments/confirm', { payment_id: intent.id, payment_method: method.id }), 404, 'resource_missing');
  await no(florin.as('oslo').pay(6035, { method: method.id }), 404, 'resource_missing');
  assert.equal((await far_sides.charges(6035)).length, 0);
});

for (const [what, more, status] of [
  ['approved', {}, 'succeeded'],
  ['authorized', { capture_method: 'manual' }, 'requires_capture'],
  ['by a token', { token: true }, 'succeeded'],
]) {
  test(`setup_future_usage: the card of a payment that is ${what} is saved for its customer and pays again`, async () => {
    const { token, ...rest } = more;
    const method = token ? { type: 'card', token: (await made(browser.post('/tokens', { card: card().card }))).id } : card();
    const email = `${crypto.randomUUID()}@example.com`;
    const payment = await made(shop.pay(6040, { method, customer: { email }, setup_future_usage: 'off_session', ...rest }));
    assert.equal(payment.status, status);
    assert.equal(payment.setup_future_usage, 'off_session');
    const [saved] = await customers_methods(payment.customer.id);
    assert.equal(saved.id, payment.payment_method.id);
    assert.equal((await shop.payment(payment.id)).payment_method.id, saved.id);
    assert.equal((await made(shop.pay(6041, { method: saved.id }))).customer.email, email);
  });
}

test('setup_future_usage at confirm, and prepared with a card, saves too', async () => {
  const first = await made(shop.post('/payments/create-intent', { amount: 6042, currency: 'EUR', customer: { email: 'later@example.com' } }));
  const paid = await made(shop.post('/payments/confirm', { payment_id: first.id, payment_method: card(), setup_future_usage: 'on_session' }), 200);
  assert.equal((await customers_methods(paid.customer.id))[0].id, paid.payment_method.id);
  const second = await made(shop.post('/payments/create-intent', { amount: 6043, currency: 'EUR', payment_method: card(), setup_future_usage: 'off_session' }));
  assert.equal(second.payment_method.id, undefined, 'nothing is saved before it is approved');
  const done = await made(shop.post('/payments/confirm', { payment_id: second.id }), 200);
  assert.equal((await shop.get(`/payment-methods/${done.payment_method.id}`)).json.customer, null);
});

test('a declined card is not saved; the one that pays instead is', async () => {
  const customer = { email: 'declined@example.com' };
  const { payment } = await no(shop.pay(6044, { method: card(cards.poor), customer, setup_future_usage: 'off_session' }), 402);
  assert.equal(payment.payment_method.id, undefined);
  assert.deepEqual(await customers_methods(payment.customer.id), []);
  const paid = await made(shop.post('/payments/confirm', { payment_id: payment.id, payment_method: card() }), 200);
  assert.deepEqual((await customers_methods(payment.customer.id)).map(({ id }) => id), [paid.payment_method.id]);
});

test('a challenged card is saved when the challenge is passed, and not when it fails or is canceled', async () => {
  const start = (email) => shop.pay(6045, { method: card(cards.challenged), customer: { email }, setup_future_usage: 'off_session', return_url: 'https://shop.example/' });
  const good = await made(start('good@example.com'));
  assert.equal(good.payment_method.id, undefined);
  assert.deepEqual(await customers_methods(good.customer.id), []);
  await far_sides.payer(good.next_action.url, 'approve');
  const paid = await shop.payment_becomes(good.id, 'succeeded');
  assert.deepEqual((await customers_methods(good.customer.id)).map(({ id }) => id), [paid.payment_method.id]);
  const bad = await made(start('bad@example.com'));
  await far_sides.payer(bad.next_action.url, 'cancel');
  await shop.payment_becomes(bad.id, 'requires_payment_method');
  assert.deepEqual(await customers_methods(bad.customer.id), []);
  const dropped = await made(start('dropped@example.com'));
  await made(shop.post(`/payments/${dropped.id}/cancel`, {}), 200);
  assert.deepEqual(await customers_methods(dropped.customer.id), []);
});

test('what is put aside by a payment outlives a crash, and is saved when the payment is approved after it', async () => {
  const waiting = await made(shop.pay(6046, { method: card(cards.challenged), customer: { email: 'crash@example.com' }, setup_future_usage: 'off_session', return_url: 'https://shop.example/' }));
  await florin.restart('SIGKILL');
  await request('GET', await far_sides.payer(waiting.next_action.url, 'approve'));
  const paid = await shop.payment_becomes(waiting.id, 'succeeded');
  const again = await made(shop.pay(6047, { method: paid.payment_method.id }));
  assert.equal(again.status, 'requires_action', 'it is the card that is challenged');
});

test('only cards that Florin is given are saved', async () => {
  for (const method of [{ type: 'paypal' }, { type: 'card', token: 'pm_1Nothing' }])
    assert.equal((await no(shop.pay(6048, { method, setup_future_usage: 'off_session' }), 400)).param, 'setup_future_usage');
  await no(shop.pay(6048, { setup_future_usage: 'always' }), 400, 'invalid_parameter');
  const intent = await made(shop.post('/payments/create-intent', { amount: 6048, currency: 'EUR', setup_future_usage: 'off_session' }));
  assert.equal((await no(shop.post('/payments/confirm', { payment_id: intent.id, payment_method: { type: 'paypal' } }), 400)).param, 'setup_future_usage');
});

test('a customer’s methods are listed newest first, in pages that meet without gap or double', async () => {
  const ids = [];
  let customer = { email: 'pages@example.com' };
  for (let i = 0; i < 5; ++i) {
    const method = await save({ customer });
    customer = method.customer;
    ids.unshift(method.id);
  }
  const page = async (query) => made(shop.get(`/payment-methods?customer=${customer}&limit=2${query}`), 200);
  const seen = [];
  for (let more = true, after = ''; more; after = `&starting_after=${seen.at(-1)}`) {
    const { data, has_more } = await page(after);
    seen.push(...data.map(({ id }) => id));
    more = has_more;
  }
  assert.deepEqual(seen, ids);
  assert.deepEqual((await page(`&ending_before=${ids[3]}`)).data.map(({ id }) => id), ids.slice(1, 3));
  assert.deepEqual((await page('&type=sepa')).data, []);
  assert.ok((await made(shop.get('/payment-methods?limit=100'), 200)).data.some(({ id }) => id === ids[4]));
});

test('a method of nobody is attached to a customer once; another customer does not get it', async () => {
  const method = await save();
  const attach = (customer) => shop.post(`/payment-methods/${method.id}/attach`, { customer });
  const attached = await made(attach({ email: 'owner@example.com' }), 200);
  assert.match(attached.customer, /^cus_/);
  assert.deepEqual(await made(attach(attached.customer), 200), attached, 'again changes nothing');
  await no(attach({ email: 'thief@example.com' }), 400, 'payment_method_already_attached');
  await no(attach('cus_nobody'), 404);
  await no(shop.post(`/payment-methods/${method.id}/attach`, {}), 400, 'parameter_missing');
  const told = await events_of(method.id);
  assert.deepEqual(told.map(({ type }) => type), ['payment_method.created', 'payment_method.attached']);
  assert.deepEqual(told[1].data.previous_attributes, { customer: null });
});

test('a detached method is shown without its customer, listed no more, and pays no more', async () => {
  const method = await save({ customer: { email: 'gone@example.com' }, card: { ...card().card, holder: 'Ana Gone' } });
  const put_aside = await made(shop.post('/payments/create-intent', { amount: 6050, currency: 'EUR', payment_method: method.id }));
  const detached = await made(shop.post(`/payment-methods/${method.id}/detach`), 200);
  assert.equal(detached.status, 'detached');
  assert.equal(detached.customer, null);
  assert.equal(detached.card.holder, undefined);
  assert.deepEqual((await shop.get(`/payment-methods/${method.id}`)).json, detached);
  assert.deepEqual(await customers_methods(method.customer), []);
  await no(shop.pay(6051, { method: method.id }), 400, 'payment_method_detached');
  await no(shop.post('/payments/confirm', { payment_id: put_aside.id }), 400, 'payment_method_detached');
  await no(shop.post(`/payment-methods/${method.id}/attach`, { customer: method.customer }), 400, 'payment_method_detached');
  assert.deepEqual(await made(shop.post(`/payment-methods/${method.id}/detach`), 200), detached, 'again changes nothing');
  assert.deepEqual((await events_of(method.id)).map(({ type }) => type), ['payment_method.created', 'payment_method.detached']);
  assert.equal((await far_sides.charges(6050)).length + (await far_sides.charges(6051)).length, 0);
});

test('a publishable key makes, reads and ends no methods', async () => {
  const { id } = await save();
  await no(browser.post('/payment-methods', { card: card().card }), 403);
  for (const path of ['/payment-methods', `/payment-methods/${id}`]) await no(browser.get(path), 403);
  for (const verb of ['attach', 'detach']) await no(browser.post(`/payment-methods/${id}/${verb}`, {}), 403);
});

for (const [what, body, code, param] of [
  ['an expired card', { card: { ...card().card, exp_year: 2020 } }, 'expired_card', 'card.exp_year'],
  ['a number that fails its check digit', { card: card('4242424242424241').card }, 'incorrect_number', 'card.number'],
  ['neither card nor token', {}, 'parameter_missing', 'card'],
  ['a card and a token', { card: card().card, token: 'tok_1' }, 'parameter_missing', 'card'],
  ['a provider’s own token', { token: 'pm_1Nothing' }, 'invalid_parameter', 'token'],
  ['a type that is not saved', { type: 'paypal', card: card().card }, 'invalid_parameter', 'type'],
  ['a field that does not exist', { card: card().card, custommer: 'cus_1' }, 'parameter_unknown', 'custommer'],
]) {
  test(`${what} is answered 400 and names its field`, async () => {
    assert.equal((await no(shop.post('/payment-methods', body), 400, code)).param, param);
  });
}
test('a token that nobody has, and a customer that nobody has, are answered 404', async () => {
  await no(shop.post('/payment-methods', { token: `tok_01a1fa252a6b7000bfffffffffffffff` }), 404);
  await no(shop.post('/payment-methods', { card: card().card, customer: 'cus_nobody' }), 404);
});
