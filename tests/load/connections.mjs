// Ten thousand at once: idle keep-alive connections, then WebSocket subscribers that all wait for one event.
// Sockets are written by hand: ten thousand of a library's would measure the library.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import net from 'node:net';

import { request, until } from '../support/http.mjs';
import { say } from './report.mjs';

const count = 10_000;
const at_once = 200;

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}

// Sends and waits until what came holds `wanted`.
function exchange(socket, bytes, wanted) {
  return new Promise((resolve, reject) => {
    let came = '';
    const take = (chunk) => {
      came += chunk.toString('latin1');
      if (!came.includes(wanted)) return;
      socket.off('data', take);
      resolve(came);
    };
    socket.on('data', take);
    socket.once('close', () => reject(new Error(`closed after: ${came}`)));
    socket.write(bytes);
  });
}

async function all(port, ready) {
  const sockets = [];
  while (sockets.length < count) {
    const some = await Promise.all(Array.from({ length: at_once }, () => open(port)));
    await Promise.all(some.map(ready));
    sockets.push(...some);
  }
  return sockets;
}

function text_frame(message) {
  const payload = Buffer.from(JSON.stringify(message));
  assert(payload.length < 126, 'one length byte is enough here');
  const mask = crypto.randomBytes(4);
  const masked = payload.map((byte, at) => byte ^ mask[at % 4]);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]);
}

async function slowest_of(times, ask) {
  let slowest = 0;
  for (let time = 0; time < times; ++time) {
    const began = performance.now();
    await ask(time);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}

async function keep_alive(florind) {
  const before = florind.resident_kib();
  const ping = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const sockets = await all(florind.port, (socket) => exchange(socket, ping, '200 OK'));
  const each = (florind.resident_kib() - before) / count;
  say('10,000 idle keep-alive connections', `${each.toFixed(1)} KiB each`, 'under 10 KiB');
  const slowest = await slowest_of(50, (time) => exchange(sockets[(time * 199) % count], ping, '200 OK'));
  say('  the next request, the slowest of 50', `${slowest.toFixed(1)} ms`, 'under 5 ms');
  for (const socket of sockets) socket.destroy();
}

async function subscribers(florind) {
  const before = florind.resident_kib();
  const upgrade =
    'GET /ws/merchant/load-lab HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const hello = Buffer.concat([
    text_frame({ type: 'auth', token: 'sk_test_load_lab' }),
    text_frame({ type: 'subscribe', topics: ['payment.succeeded'] }),
  ]);
  const sockets = await all(florind.port, async (socket) => {
    await exchange(socket, upgrade, '101 ');
    await exchange(socket, hello, '"subscribed"');
  });
  const each = (florind.resident_kib() - before) / count;
  say('10,000 WebSocket subscribers', `${each.toFixed(1)} KiB each`, 'under 10 KiB');

  let heard = 0;
  for (const socket of sockets)
    socket.on('data', (bytes) => {
      if (bytes.includes('payment.succeeded')) ++heard;
    });
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
  const body = JSON.stringify({ amount: 1250, currency: 'EUR', payment_method: { type: 'card', card } });
  const headers = { Authorization: 'Bearer sk_test_load_lab', 'Content-Type': 'application/json' };
  const answer = await request('POST', `${florind.url}/api/v1/payments`, { headers, body });
  assert.equal(answer.status, 201);
  const began = performance.now();
  await until('all to have heard', () => heard >= count);
  say('  one event to all of them', `${(performance.now() - began).toFixed(0)} ms`, 'under 500 ms');
  for (const socket of sockets) socket.destroy();
}

export async function connections(florind) {
  await keep_alive(florind);
  await subscribers(florind);
}
