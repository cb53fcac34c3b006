// What tests ask of the sandboxes by their control interface: faults, books, webhooks, the payer's hand.
import assert from 'node:assert/strict';

import { request, until } from './http.mjs';

export class FarSides {
  constructor(url) {
    this.url = url;
  }

  async control(method, path, body) {
    const answer = await request(method, `${this.url}/_control${path}`, { body: body && JSON.stringify(body) });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  fault(fault) {
    return this.control('POST', '/faults', fault);
  }
  heal() {
    return this.control('DELETE', '/faults');
  }

  // Book entries of `provider` for one amount: tests take amounts that nobody else has.
  async entries(provider, amount) {
    const { entries } = await this.control('GET', `/books/${provider}`);
    return entries.filter((entry) => entry.amount === amount);
  }
  async charges(amount) {
    const all = [...(await this.entries('stripe', amount)), ...(await this.entries('paypal', amount))];
    return all.filter((entry) => entry.kind === 'authorized' || entry.kind === 'authorize');
  }

  // The payer at the provider's page; answers where the page sends the payer next.
  async payer(url, outcome) {
    const page = await request('GET', url);
    assert.equal(page.status, 200, page.text);
    assert.match(page.text, /<form method="post">/);
    const answer = await request('POST', url, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ outcome }).toString(),
    });
    assert.equal(answer.status, 303, answer.text);
    return answer.headers.location;
  }

  webhooks_delivered() {
    return until('the sandboxes to deliver their webhooks', async () => (await this.control('GET', '/webhooks')).waiting === 0);
  }
}
