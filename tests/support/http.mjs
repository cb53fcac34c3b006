// A plain HTTP client for tests: one connection a request, the answer's bytes as they came.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

import { slowdown } from './sanitizers.mjs';

// Answers { status, headers, text, json }; `json` is undefined when the body is none. `ca`: the certificate that
// an https server is verified by.
export function request(method, url, { headers = {}, body, ca } = {}) {
  return new Promise((resolve, reject) => {
    const { request: send } = url.startsWith('https:') ? https : http;
    const sent = send(url, { method, headers, ca, agent: false, timeout: 30_000 * slowdown }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode, headers: answer.headers, text, json: parsed(text) });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${method} ${url} in ${30 * slowdown} s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Sends bytes as they are and answers all that comes until the other side closes.
export function raw(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(15_000 * slowdown, () => socket.destroy(new Error(`the connection stayed open after: ${answer}`)));
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

// A port that nobody listens on now.
export function free_port() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Asks until `ask` answers something true; its last word is in the error.
export async function until(what, ask, within_ms = 20_000) {
  const deadline = Date.now() + within_ms * slowdown;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${within_ms * slowdown} ms in vain for ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
