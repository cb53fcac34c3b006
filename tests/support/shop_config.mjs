// The configuration that API tests run under: two merchants with every provider, one with a tight rate
// limit, one who waits long for a thousand payments at once, and a routing policy that takes its order from the payment, so that each test chooses its own.
import fs from 'node:fs';
import path from 'node:path';

// Whose every exchange is given up after so long.
export const kTimeoutMs = 1000;

const kPolicy = `-- Tries the accounts that the payment's metadata names, so that a test says where its payment goes.
-- given    payment { metadata.route }, merchant { accounts }
-- answers  { routes = { account, ... }, reason = text }
return function(payment, merchant)
  local routes = {}
  for name in string.gmatch(payment.metadata.route or "stripe-one", "[%w-]+") do table.insert(routes, name) end
  return { routes = routes, reason = "as the payment says" }
end
`;

function merchant(id, { dead_port, requests_per_second = 0, webhooks = '', timeout_ms = kTimeoutMs, max_in_flight = 32 }) {
  return `name: ${id}
currency: EUR
country: PT
test_keys: true
accounts:
  stripe-one: { provider: stripe, timeout_ms: ${timeout_ms}, max_in_flight: ${max_in_flight}, secret_key: sk_test_${id}_one, webhook_secret: whsec_${id}_one }
  stripe-two: { provider: stripe, timeout_ms: ${kTimeoutMs}, secret_key: sk_test_${id}_two, webhook_secret: whsec_${id}_two }
  stripe-gone: { provider: stripe, timeout_ms: ${kTimeoutMs}, base_url: "http://127.0.0.1:${dead_port}/stripe", secret_key: sk_test_${id}_gone }
  wallet: { provider: paypal, timeout_ms: ${timeout_ms}, client_id: ${id}-wallet, client_secret: ${id}-wallet-secret, webhook_id: WH${id.toUpperCase()} }
  till: { provider: cash }
  bench: { provider: test, fee_per_mille: 14, fee_fixed_minor: 25 }
routing:
  policy: routing/as_the_payment_says
  otherwise: [stripe-one]
fraud:
  - rule: velocity
    windows:
      - { by: card, within: 1m, max_count: 100000, score: 30 }
risk:
  policy: risk/score_threshold
  otherwise: review
${webhooks}
limits:
  requests_per_second: ${requests_per_second}
`;
}

// Writes the directory and answers nothing; `scripts` is the repository's own.
export function write_config(directory, { scripts, dead_port, webhooks }) {
  const policies = path.join(directory, 'scripts');
  fs.cpSync(scripts, policies, { recursive: true });
  fs.writeFileSync(path.join(policies, 'routing', 'as_the_payment_says.lua'), kPolicy);
  const config = path.join(directory, 'config');
  fs.mkdirSync(path.join(config, 'merchants'), { recursive: true });
  fs.writeFileSync(
    path.join(config, 'florin.yaml'),
    'mode: test\nserver:\n  limits:\n    connections_per_address: 1000\nwebhooks:\n  allow_private_addresses: true\nlog:\n  level: debug\n',
  );
  const write = (id, settings) =>
    fs.writeFileSync(path.join(config, 'merchants', `${id}.yaml`), merchant(id, { dead_port, ...settings }));
  write('porto', { webhooks });
  write('oslo', {});
  write('narrow', { requests_per_second: 3 });
  write('patient', { timeout_ms: 8000, max_in_flight: 1000 });
  return config;
}
