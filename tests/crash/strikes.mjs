// What can be done to a running daemon in one round of the crash drill. Each ends with a daemon that works,
// without help but the supervisor's: a process that has ended is started again.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const between = (least, most) => sleep(least + crypto.randomInt(most - least));

async function ready_again(florin) {
  const began = Date.now();
  await florin.start_daemon();
  assert.ok(Date.now() - began < 5000, 'ready again within five seconds, whatever else this machine does');
}

const hour = 3600;
const clock_jumps = [hour, -hour, 10 * 365 * 24 * hour, -10 * 365 * 24 * hour];
let clock_jump = 0;

const strikes = {
  async kill(florin) {
    await between(150, 650);
    await florin.end_daemon('SIGKILL');
    await ready_again(florin);
  },
  // Killed where it hurts: before or half-way through one of the next calls that make something durable.
  async kill_in_call(florin) {
    await between(50, 300);
    const torn = crypto.randomInt(2) === 0;
    florin.faults.kill_at(torn ? 'write' : 'sync', 1 + crypto.randomInt(20), torn);
    assert.equal(await florin.daemon_ended(), 'SIGKILL');
    florin.faults.spare();
    await ready_again(florin);
  },
  // The disk is full for a while. The daemon goes on, and recovers alone.
  async full_disk(florin) {
    await between(50, 300);
    florin.faults.fail(['write'], 'ENOSPC');
    await between(100, 500);
    florin.faults.heal();
    assert.ok(florin.daemon.exitCode === null && florin.daemon.signalCode === null, 'a full disk ends nothing');
  },
  // An fsync fails: what is durable is unknown from then on, so the daemon ends at once.
  async failing_sync(florin) {
    await between(50, 300);
    florin.faults.fail(['sync'], 'EIO');
    assert.equal(await florin.daemon_ended(), 'SIGABRT');
    florin.faults.heal();
    await ready_again(florin);
  },
  // Half of all new connections to the far sides go wrong, for a while.
  async bad_network(florin) {
    florin.proxy.be({ delay: 10, slices: 10, lost: 6, reset: 6, truncated: 6, half_open: 6, garbage: 6 });
    await between(500, 1500);
    florin.proxy.heal();
  },
  // The wall clock jumps, and some time later jumps back: an hour and ten years, forward and back, in turn.
  async wrong_clock(florin) {
    florin.faults.move_clock(clock_jumps[clock_jump++ % clock_jumps.length]);
    await between(200, 800);
    florin.faults.move_clock(0);
  },
  // PostgreSQL ends two of the daemon's connections, drawn by lot.
  async lost_backends({ cluster }) {
    await between(150, 650);
    const ended = (await cluster.end_a_backend()) + (await cluster.end_a_backend());
    assert.ok(ended > 0, 'a backend was there to be ended');
  },
  // Every process of PostgreSQL dies where it stands; the strike is over when the next server answers.
  async server_crash({ cluster }) {
    await between(150, 650);
    await cluster.crash_and_restart();
  },
};

// Those that a store can meet: PostgreSQL's own disk is none of ours to break.
const everywhere = ['kill', 'bad_network'];
const of_the_server = ['lost_backends', 'server_crash'];
export function strikes_on(store) {
  const fits = (name) => (store === 'postgresql' ? [...everywhere, ...of_the_server].includes(name) : !of_the_server.includes(name));
  return Object.fromEntries(Object.entries(strikes).filter(([name]) => fits(name)));
}
