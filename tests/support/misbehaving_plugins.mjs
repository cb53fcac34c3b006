// A plugins' folder with all that were built and those that misbehave (kernel/platform/plugin_host/fixtures), and the
// far side of the one among them that takes money.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const build = process.env.FLORIN_BINARY_DIR ?? fileURLToPath(new URL('../../build/release', import.meta.url));

// The folder; it goes when the test file ends.
export function misbehaving_plugins() {
  const plugins = fs.mkdtempSync(path.join(os.tmpdir(), 'florin-misbehaving-'));
  after(() => fs.rmSync(plugins, { recursive: true, force: true }));
  fs.chmodSync(plugins, 0o755);
  for (const from of ['plugins', 'fixtures/by_kind'])
    for (const kind of ['providers', 'notifiers', 'fraud', ...(from === 'plugins' ? ['sandboxes'] : [])]) {
      const folder = path.join(build, from, kind);
      for (const file of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
        fs.mkdirSync(path.join(plugins, kind), { recursive: true, mode: 0o755 });
        fs.copyFileSync(path.join(folder, file), path.join(plugins, kind, file));
        fs.chmodSync(path.join(plugins, kind, file), 0o755);
      }
    }
  return plugins;
}

// Gives a merchant an account with the provider that does what a payment's description says.
export function add_wild_account(florin, merchant, settings = '') {
  const file = path.join(florin.config, 'merchants', `${merchant}.yaml`);
  const account = `  wild: { provider: misbehaving${settings} }\n`;
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('  till:', `${account}  till:`));
}

// Takes the money of each attempt once, says what it has taken, and hands all other providers' requests on.
export class WildFarSide {
  static async open(others) {
    const side = new WildFarSide();
    side.charges = new Map(); // How often each attempt was charged: asking again under one key charges nothing.
    side.server = http.createServer((ask, answer) => {
      const [, plugin, , attempt] = ask.url.split('/');
      if (plugin !== 'misbehaving') return side.hand_on(others, ask, answer);
      if (ask.method === 'POST') side.charges.set(attempt, (side.charges.get(attempt) ?? 0) + 1);
      answer.statusCode = side.charges.has(attempt) ? 200 : 404;
      return answer.end('ok');
    });
    await new Promise((resolve) => side.server.listen(0, '127.0.0.1', resolve));
    side.url = `http://127.0.0.1:${side.server.address().port}`;
    after(() => (side.server.close(), side.server.closeAllConnections()));
    return side;
  }
  hand_on(others, ask, answer) {
    const { method, url, headers } = ask;
    const on = http.request(others + url, { method, headers }, (back) => {
      answer.writeHead(back.statusCode, back.headers);
      back.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    ask.pipe(on);
  }
}
