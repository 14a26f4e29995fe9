// The worker's priority: every thread gives way, not only the first.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { WORKER_NICENESS } from './limits.ts';

const PROGRAM = `
import { getPriority } from 'node:os';
import { readdirSync } from 'node:fs';
import { lowerPriority } from ${JSON.stringify(new URL('worker-priority.ts', import.meta.url).href)};
const before = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
lowerPriority(${WORKER_NICENESS});
const after = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
console.log(JSON.stringify({ before, after }));
`;

test.runIf(process.platform === 'linux')('every thread of the process gives way', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', PROGRAM]);
  const { before, after } = JSON.parse(stdout) as { before: number[]; after: number[] };
  expect(before.length).toBeGreaterThan(1);
  expect(after).toEqual(after.map(() => WORKER_NICENESS));
});
