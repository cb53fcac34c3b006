// News to people: a mail to a real SMTP server, a push to a registered device, and a device that is gone.
import assert from 'node:assert/strict';
import net from 'node:net';

import { start_appliance } from '../support/appliance.mjs';
import { until } from '../support/http.mjs';
import { push_notifier } from '../support/push_notifier.mjs';

// With its base64 parts (RFC 2045) decoded after it.
function readable(mail) {
  const blocks = mail.match(/(?:^[A-Za-z0-9+/]{20,}={0,2}$\n?)+/gm) ?? [];
  return mail + blocks.map((block) => Buffer.from(block, 'base64').toString('utf8')).join('\n');
}

// As much of an SMTP server as takes mail: keeps what it was given.
function mail_server() {
  const mails = [];
  const server = net.createServer((socket) => {
    let data = null;
    let pending = '';
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 test');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      pending += chunk;
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (data !== null && line === '.') {
          mails.push(data);
          data = null;
          say('250 taken');
        } else if (data !== null) data += `${line}\n`;
        else if (line === 'DATA') {
          data = '';
          say('354 go on');
        } else if (line === 'QUIT') {
          say('221 bye');
          socket.end();
        } else say('250 fine');
      }
    });
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => {
    server.unref();
    ready({ mails, port: server.address().port });
  }));
}

const { mails, port } = await mail_server();
const florin = await start_appliance({
  webhooks: `notifiers:
  mail: { notifier: smtp, host: 127.0.0.1, port: ${port}, security: none, from: florin@shop.example, recipients: [owner@shop.example], events: [payment.succeeded] }
  ${push_notifier('payment.succeeded')}
`,
});
const { test } = florin;
const shop = florin.as('porto');

test('a succeeded payment is told by mail, with its amount', async () => {
  const { json } = await shop.pay(4711);
  const mail = await until('the mail', () => mails.map(readable).find((one) => one.includes(json.id)));
  assert.match(mail, /To:.*owner@shop\.example/);
  assert.match(mail, /47\.11/);
});

test('a device hears of a payment until it is removed', async () => {
  const device = await shop.post('/devices', { notifier: 'push', token: 'device-1' });
  assert.equal(device.status, 201, device.text);
  assert.equal(device.text.includes('device-1'), false, 'the token is not shown again');
  const { json } = await shop.pay(4712);
  await until('the push', async () => {
    return JSON.stringify(await florin.far_sides.control('GET', '/requests?plugin=fcm')).includes(json.id);
  });
  assert.equal((await shop.delete(`/devices/${device.json.id}`)).status, 200);
  assert.equal((await shop.delete(`/devices/${device.json.id}`)).status, 404);
});

test('a device whose push service says that it is gone is removed', async () => {
  const device = await shop.post('/devices', { notifier: 'push', token: 'gone-1' });
  const { json } = await shop.pay(4713);
  await until('the push', async () => {
    return JSON.stringify(await florin.far_sides.control('GET', '/requests?plugin=fcm')).includes(json.id);
  });
  // Registering it again makes a new device: the old one is not there any more.
  await until('the device to be removed', async () => {
    const again = await shop.post('/devices', { notifier: 'push', token: 'gone-1' });
    return again.json.id !== device.json.id;
  });
});

test('a notifier that the merchant does not have takes no devices', async () => {
  assert.equal((await shop.post('/devices', { notifier: 'pigeon', token: 'x' })).status, 400);
});
