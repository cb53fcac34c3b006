// A TCP proxy between Florin and its far sides that treats connections badly: slow, in slices, cut off,
// half-open, with garbage. It knows nothing of HTTP; what it breaks, it breaks anywhere in the bytes.
import net from 'node:net';

const random = (below) => Math.floor(Math.random() * below);

// What can become of a connection: each takes the two sockets and joins them in its own way.
const ways = {
  pass(near, far) {
    near.pipe(far);
    far.pipe(near);
  },
  // Everything late, both ways.
  delay(near, far) {
    late(near, far, 20 + random(200));
    late(far, near, 20 + random(200));
  },
  // A few bytes at a time.
  slices(near, far) {
    sliced(near, far);
    sliced(far, near);
  },
  // Reset before the request gets through.
  lost(near, far) {
    near.once('data', () => {
      near.resetAndDestroy();
      far.destroy();
    });
  },
  // The request arrives; its answer is reset after some bytes.
  reset(near, far) {
    near.pipe(far);
    far.once('data', (bytes) => {
      near.write(bytes.subarray(0, random(bytes.length)));
      setImmediate(() => near.resetAndDestroy());
      far.destroy();
    });
  },
  // The request arrives; its answer ends early, politely.
  truncated(near, far) {
    near.pipe(far);
    far.once('data', (bytes) => {
      near.end(bytes.subarray(0, random(bytes.length)));
      far.destroy();
    });
  },
  // The request arrives, and nothing ever comes back: the connection stays open.
  half_open(near, far) {
    near.pipe(far);
    far.resume();
  },
  // The request arrives; what comes back is noise.
  garbage(near, far) {
    near.pipe(far);
    far.once('data', () => {
      near.write(Buffer.from(Array.from({ length: 200 + random(400) }, () => random(256))));
      far.destroy();
    });
  },
};
export const all_ways = Object.keys(ways);

function late(from, to, ms) {
  from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
}

function sliced(from, to) {
  let last = Promise.resolve();
  from.on('data', (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const slice = bytes.subarray(at, (at += 1 + random(120)));
      last = last.then(() => new Promise((done) => (to.writable ? to.write(slice, () => setTimeout(done, 1)) : done())));
    }
  });
  from.on('end', () => last.then(() => to.end()));
}

export class ChaosProxy {
  // Stands before `target_port` of this machine, at `port` (0: any), and passes everything on at first.
  static async open(target_port, port = 0) {
    const proxy = new ChaosProxy();
    proxy.open_sockets = new Set();
    proxy.used = new Map();
    proxy.be({});
    proxy.server = net.createServer((near) => proxy.join(near, net.connect(target_port, '127.0.0.1')));
    await new Promise((ready) => proxy.server.listen(port, '127.0.0.1', ready));
    proxy.port = proxy.server.address().port;
    proxy.url = `http://127.0.0.1:${proxy.port}`;
    proxy.server.unref();
    return proxy;
  }

  // How many of a hundred new connections are treated in each way; the rest pass.
  be(per_cent) {
    this.per_cent = per_cent;
  }
  // From now on all is well; what was half-open is closed.
  heal() {
    this.be({});
    for (const socket of this.open_sockets) socket.destroy();
  }
  close() {
    this.heal();
    this.server.close();
  }

  join(near, far) {
    let drawn = random(100);
    const way = all_ways.find((name) => (drawn -= this.per_cent[name] ?? 0) < 0) ?? 'pass';
    this.used.set(way, (this.used.get(way) ?? 0) + 1);
    for (const [one, other] of [[near, far], [far, near]]) {
      this.open_sockets.add(one);
      one.unref();
      one.on('error', () => {});
      // A half-open connection is one whose far end says nothing, not even that it has gone.
      one.on('close', () => {
        this.open_sockets.delete(one);
        if (way !== 'half_open' || one === near) other.destroy();
      });
    }
    ways[way](near, far);
  }
}
