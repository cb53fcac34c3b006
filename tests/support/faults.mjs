// What a drill does to a program that runs under the fault shim: kills it at its n-th system call of a kind,
// makes calls fail for a while, moves its wall clock. The layout is tests/crash/shim/control.hpp's.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const kinds = { sync: 0, write: 1, send: 2, name: 3 };
const kFields = ['sync', 'write', 'send', 'name', 'kill_kind', 'kill_at', 'kill_torn', 'fail_kinds', 'fail_errno', 'failed', 'clock_offset_s'];
const kPathBytes = 256;

export class Faults {
  // `files` is what a file's path has in it when calls on it count.
  constructor(build, directory, files) {
    this.file = path.join(directory, 'faults');
    fs.writeFileSync(this.file, Buffer.alloc(kFields.length * 8 + kPathBytes));
    this.fd = fs.openSync(this.file, 'r+');
    fs.writeSync(this.fd, files, kFields.length * 8);
    this.set('kill_kind', -1);
    this.environment = {
      LD_PRELOAD: path.join(build, 'tests', 'libflorin_fault_shim.so'),
      FLORIN_FAULT: this.file,
    };
  }

  set(field, value) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    fs.writeSync(this.fd, bytes, 0, 8, kFields.indexOf(field) * 8);
  }
  get(field) {
    const bytes = Buffer.alloc(8);
    fs.readSync(this.fd, bytes, 0, 8, kFields.indexOf(field) * 8);
    return Number(bytes.readBigInt64LE());
  }

  // The n-th call of this kind from now on is the last thing that the process comes to; torn: half of it.
  kill_at(kind, n, torn = false) {
    this.set('kill_kind', -1);
    this.set(kind, 0);
    this.set('kill_torn', torn ? 1 : 0);
    this.set('kill_at', n);
    this.set('kill_kind', kinds[kind]);
  }
  spare() {
    this.set('kill_kind', -1);
  }
  // Whether kill_at() came to pass; the process may take a moment longer to be gone.
  get struck() {
    return this.get('kill_kind') === -2;
  }

  // Calls of these kinds fail from now on, as with an errno of this name.
  fail(which, errno) {
    this.set('failed', 0);
    this.set('fail_errno', os.constants.errno[errno]);
    this.set('fail_kinds', which.reduce((mask, kind) => mask | (1 << kinds[kind]), 0));
  }
  heal() {
    this.set('fail_kinds', 0);
  }

  // All as it should be.
  calm() {
    this.spare();
    this.heal();
    this.move_clock(0);
  }

  move_clock(seconds) {
    this.set('clock_offset_s', seconds);
  }
}
