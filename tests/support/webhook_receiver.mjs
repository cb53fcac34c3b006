// A merchant's webhook endpoint: keeps each delivery's headers and bytes, answers as told.
import http from 'node:http';

import { until } from './http.mjs';

export class WebhookReceiver {
  static async open() {
    const receiver = new WebhookReceiver();
    receiver.received = [];
    receiver.status = 200;
    receiver.headers = {};
    receiver.server = http.createServer((request, answer) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        receiver.received.push({ headers: request.headers, body, event: JSON.parse(body), path: request.url, at: performance.now() });
        answer.writeHead(receiver.status, receiver.headers).end();
      });
    });
    await new Promise((ready) => receiver.server.listen(0, '127.0.0.1', ready));
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    receiver.server.unref();
    return receiver;
  }

  delivery(type, object_id) {
    return until(`a webhook ${type} of ${object_id}`, () =>
      this.received.find(({ event }) => event.type === type && event.data.object.id === object_id));
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
