// Endpoints that a merchant's YAML names: told from the reload on, and disabled for good when they say 410.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';

import { start_appliance } from '../support/appliance.mjs';
import { WebhookReceiver } from '../support/webhook_receiver.mjs';

const florin = await start_appliance();
const { test } = florin;
const shop = florin.as('porto');
const file = path.join(florin.config, 'merchants', 'porto.yaml');
const bare = fs.readFileSync(file, 'utf8');
const kSecret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');

// From here on these are porto's endpoints, by reload.
function configure(...receivers) {
  const entries = receivers.map(({ url }) => `  - { url: "${url}", events: [payment.succeeded], secret: ${kSecret} }\n`);
  fs.writeFileSync(file, `${bare}webhooks:\n${entries.join('')}`);
  florin.cli('reload');
}
async function receiver(status = 200) {
  const made = Object.assign(await WebhookReceiver.open(), { status });
  after(() => made.close());
  return made;
}

test('an endpoint is told of what happens after the reload that brought it has answered', async () => {
  const told = await receiver();
  assert.equal((await shop.pay(5100)).status, 201);
  configure(told);
  const paid = (await shop.pay(5101)).json;
  await told.delivery('payment.succeeded', paid.id);
});
