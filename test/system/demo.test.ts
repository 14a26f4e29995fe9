// The demo is the product's promise, so it is a test: what the service did equals what the generator of the files knows by itself.
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import type { DemoOutcome } from '../../bench/demo/outcome.ts';
import { makeExchange } from '../../bench/synthetic-people.ts';

const PROGRAM = new URL('../../bench/demo/demo.ts', import.meta.url).pathname;
const ROWS = 4_000;

function demo(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

it('plays the whole exchange, and every count is the true one', async () => {
  const { code, stdout, stderr } = await demo(['--json', '--rows', String(ROWS)]);
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  const outcome = JSON.parse(stdout) as DemoOutcome;
  const { truth } = makeExchange({ crmRows: ROWS, visitorRows: ROWS * 1.5 });

  for (const tenant of ['osec', 'rando'] as const) {
    const { rows, accepted, flaws } = truth[tenant];
    const { no_identifier = 0, unusable_identifiers = 0, ...rejected } = flaws;
    // Rows that nobody can be reached by never leave the partner's machine.
    expect(outcome.load[tenant]).toEqual({ received: rows - no_identifier - unusable_identifiers, accepted, rejected });
  }
  expect(outcome.match).toEqual({
    left: truth.osec.persons,
    right: truth.rando.persons,
    matched: truth.matched,
    byIdentifier: truth.byIdentifier,
  });
  expect(outcome.truth).toEqual({ matched: truth.matched });
  // The noise has a standard deviation of 50: past five of them something else is wrong.
  expect(Math.abs(Number(outcome.release.overlap) - truth.matched)).toBeLessThan(260);

  const { profile, conversion } = outcome.release;
  expect(profile.map(({ label }) => label)).toEqual(['none', 'bronze', 'silver', 'gold']);
  expect(conversion.question).toContain('how many bought within 14 days of an exposure by views');
  expect(conversion.rates.map(({ exposed }) => exposed)).toEqual([true, false]);
  for (const { rate, interval } of conversion.rates.filter((each) => each.rate !== null)) {
    expect(interval!.low).toBeLessThanOrEqual(Number.parseFloat(rate!));
    expect(interval!.high).toBeGreaterThanOrEqual(Number.parseFloat(rate!));
  }
  expect(conversion.cost).toBeGreaterThan(0);
  expect(conversion.budgetLeft).toBeLessThan(1 - conversion.cost);

  const { audience, delivery } = outcome;
  expect(audience).toMatchObject({
    matched: truth.audience.matched,
    consented: truth.audience.consented,
    delivered: truth.audience.reachable,
  });
  const refused = Object.values(audience.refused).reduce((sum, persons) => sum + persons, 0);
  expect(audience.delivered + refused).toBe(audience.matched);
  const added = truth.audience.activationIds;
  expect(delivery).toEqual({ status: 'delivered', phase: 'completed', added, removed: 0 });
  expect(outcome.audit).toMatchObject({ verified: true, checkpointSize: outcome.audit.events });
});
