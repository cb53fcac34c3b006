// A merchant's backend: calls with its key, a fresh Idempotency-Key on every POST unless it brings one, and
// every answer checked against the interface's own description.
import crypto from 'node:crypto';

import { request, until } from './http.mjs';

export const cards = {
  good: '4242424242424242',
  declined: '4000000000000002',
  poor: '4000000000009995',
  challenged: '4000000000003220',
};

export function card(number = cards.good) {
  return { type: 'card', card: { number, exp_month: 12, exp_year: 2034, cvc: '123' } };
}

export class ApiClient {
  constructor(appliance, key) {
    this.appliance = appliance;
    this.key = key;
  }

  async call(method, path, body, headers = {}) {
    const all = { ...headers };
    if (this.key) all.Authorization ??= `Bearer ${this.key}`;
    if (method === 'POST' && all['Idempotency-Key'] === undefined) all['Idempotency-Key'] = crypto.randomUUID();
    if (all['Idempotency-Key'] === null) delete all['Idempotency-Key'];
    if (body !== undefined) all['Content-Type'] ??= 'application/json';
    const as_is = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const answer = await request(method, this.appliance.url + path, { headers: all, body: as_is ? body : JSON.stringify(body) });
    this.appliance.contract?.check(method, path.split('?')[0], answer);
    return answer;
  }

  get(path, headers) {
    return this.call('GET', '/api/v1' + path, undefined, headers);
  }
  post(path, body, headers) {
    return this.call('POST', '/api/v1' + path, body, headers);
  }
  delete(path, headers) {
    return this.call('DELETE', '/api/v1' + path, undefined, headers);
  }

  // A payment by way of `route`, with whatever else the test says.
  pay(amount, { route = 'stripe-one', method = card(), headers, ...more } = {}) {
    const body = { amount, currency: 'EUR', payment_method: method, metadata: { route }, ...more };
    return this.post('/payments', body, headers);
  }

  async payment(id, expand) {
    const answer = await this.get(`/payments/${id}${expand ? `?expand[]=${expand}` : ''}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json;
  }

  payment_becomes(id, status) {
    return until(`${id} to be ${status}`, async () => {
      const payment = await this.payment(id);
      return payment.status === status && payment;
    });
  }
}
