// What Florin itself adds to a payment: 200 a second by the clock, whether answers come or not, through a
// provider's sandbox; from each one's time goes what its exchanges with the sandbox took, as its attempts say.
import assert from 'node:assert/strict';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { say } from './report.mjs';

const rate = 200;

function ask(agent, port, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: 'Bearer sk_test_lisbon_books', 'Content-Type': 'application/json' };
    const sent = http.request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, json: JSON.parse(Buffer.concat(chunks)) }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

const percentile = (sorted, of) => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * of) / 100))];

export async function added_time({ port }, seconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
  const order = { amount: 1250, currency: 'EUR', payment_method: { type: 'card', card } };
  const paid = [];
  const pay = async () => {
    const began = performance.now();
    const answer = await ask(agent, port, 'POST', '/api/v1/payments', order);
    paid.push({ took: performance.now() - began, status: answer.status, id: answer.json.id });
  };
  const under_way = [];
  const began = performance.now();
  for (let number = 0; number < rate * seconds; ++number) {
    const due = began + (number * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    under_way.push(pay());
  }
  await Promise.all(under_way);
  const refused = paid.filter((one) => one.status !== 201);
  assert.deepEqual(refused, [], 'every payment is taken');
  const added = [];
  for (const one of paid) {
    const { json } = await ask(agent, port, 'GET', `/api/v1/payments/${one.id}?expand[]=attempts`);
    const carried = json.attempts.flatMap((attempt) => attempt.exchanges).reduce((sum, exchange) => sum + exchange.took_us, 0);
    added.push(one.took - carried / 1000);
  }
  agent.destroy();
  added.sort((a, b) => a - b);
  say(`added to a payment at ${rate}/s, p50`, `${percentile(added, 50).toFixed(1)} ms`, 'under 2 ms');
  say(`added to a payment at ${rate}/s, p99`, `${percentile(added, 99).toFixed(1)} ms`, 'under 10 ms');
}
