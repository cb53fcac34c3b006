// What address, undefined and thread sanitizers find in programs that tests start. Such a program goes on, or
// ends like any other that a test kills, so its reports go to files and tests look for these. A program that
// was built without them takes no notice.
import fs from 'node:fs';
import path from 'node:path';

const kPrefix = 'sanitizer-report';
// Instrumented programs are that much slower, the clock is not: every bound on waiting is multiplied by it.
export const slowdown = Number(process.env.FLORIN_TEST_SLOWDOWN ?? 1);

// The environment for a program whose reports go to `directory`. One that is meant to die of a signal dies of
// it (`crashes`): the sanitizers would take it for a finding of theirs.
export function reporting_to(directory, { crashes = false } = {}) {
  const environment = { ...process.env };
  for (const name of ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS'])
    environment[name] = [environment[name], `log_path=${path.join(directory, kPrefix)}`].filter(Boolean).join(':');
  if (crashes)
    for (const name of ['ASAN_OPTIONS', 'TSAN_OPTIONS'])
      environment[name] += ['segv', 'sigbus', 'abort', 'sigill', 'sigfpe'].map((which) => `:handle_${which}=0`).join('');
  // With the fault shim before it, the address sanitizer is not the first library, and can be.
  environment.ASAN_OPTIONS += ':verify_asan_link_order=0';
  return environment;
}

// Throws with all that was reported to `directory`.
export function expect_no_reports(directory) {
  const files = fs.readdirSync(directory).filter((name) => name.startsWith(kPrefix));
  if (files.length === 0) return;
  const reports = files.map((name) => fs.readFileSync(path.join(directory, name), 'utf8'));
  throw new Error(`a sanitizer reported:\n${reports.join('\n')}`);
}
