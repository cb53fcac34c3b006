// A client of the live feed, by npm's ws: it keeps what it hears, in order.
import WebSocket from 'ws';

import { until } from './http.mjs';

export class LiveClient {
  // `options` are ws's own.
  constructor(url, options) {
    this.heard = [];
    this.closed = null;
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (text) => this.heard.push(JSON.parse(text)));
    this.socket.on('close', (code) => (this.closed = code));
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    this.opened.catch(() => {});
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  async subscribe(token, topics = ['*'], since) {
    await this.opened;
    this.send({ type: 'auth', token });
    this.send({ type: 'subscribe', topics, ...(since === undefined ? {} : { since }) });
    return this.message((one) => one.type === 'subscribed');
  }

  // The first message, from the beginning on, for which `wanted` holds.
  message(wanted) {
    return until('a live message', () => {
      const found = this.heard.find(wanted);
      if (!found && this.closed) throw new Error(`the socket was closed with ${this.closed}: ${JSON.stringify(this.heard)}`);
      return found;
    });
  }
  event(type, object_id) {
    return this.message((one) => one.type === 'event' && one.event.type === type && one.event.data.object.id === object_id);
  }
  get seqs() {
    return this.heard.filter((one) => one.type === 'event').map((one) => one.seq);
  }
  close() {
    this.socket.terminate();
  }
}
