// One story, two grounds: on two shards of ClickHouse, PostgreSQL and two workers the demo finds what it finds on one machine.
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import type { DemoOutcome } from '../../bench/demo/outcome.ts';

const PROGRAM = new URL('../../bench/demo/demo.ts', import.meta.url).pathname;
const ROWS = 3_000;

function play(...flags: string[]): Promise<DemoOutcome> {
  return new Promise((resolve, reject) => {
    const args = [PROGRAM, '--json', '--rows', String(ROWS), ...flags];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(stdout)) : reject(new Error(stderr || stdout))));
  });
}

it('the figures of the cluster are those of the single machine, to the last digit', { timeout: 600_000 }, async () => {
  const alone = await play();
  const spread = await play('--cluster');
  const { load, match, truth, audience, delivery, audit } = alone;
  // What is released has noise of its own in each service; everything that it was made from is the same.
  expect(spread).toMatchObject({ load, match, truth, audience, delivery });
  expect(match.matched).toBe(truth.matched);
  expect(audience.delivered).toBeGreaterThan(50);
  expect(spread.audit).toEqual({ events: audit.events, checkpointSize: audit.checkpointSize, verified: true });
});
