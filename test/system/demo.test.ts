// The demo is the product's promise, so it is a test: what the service did equals what the generator of the files knows by itself.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DemoOutcome } from '../../bench/demo/outcome.ts';
import { makeExchange } from '../../bench/synthetic-people.ts';
import { openBrowser } from '../../server/testing/browser.ts';
import { waitFor } from './service.ts';

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

/** Stands in for what opens a browser: it keeps the address. */
function browserOpener(folder: string): { path: string; opened(): string | undefined } {
  const file = join(folder, 'opened');
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s' "$1" > '${file}'\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const opened = () => {
    try {
      return readFileSync(file, 'utf8') || undefined;
    } catch {
      return undefined;
    }
  };
  return { path: `${folder}:${process.env.PATH}`, opened };
}

it('stays up with all of it when asked to, lets each person in by a link, and ends by Ctrl-C', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-opened-'));
  const { path, opened } = browserOpener(folder);
  const env = { ...process.env, PATH: path };
  const child = spawn(process.execPath, [PROGRAM, '--open', '--rows', '3000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    const url = await waitFor(opened, { child, output: () => said, timeoutMs: 240_000 });
    const links: Record<string, string> = Object.fromEntries(
      [...said.matchAll(/^ {2}(\S.*?\S) {2,}.*\n {4}(http\S+\/welcome#\S+)$/gm)].map(
        ([, who, link]) => [who!, link!] as const,
      ),
    );
    expect(Object.keys(links)).toEqual([
      'operator',
      ...['Osec data-engineer', 'Osec analyst', 'Osec compliance-officer'],
      ...['Rando+ analyst', 'Rando+ compliance-officer'],
    ]);
    expect(links['Osec analyst']).toBe(url);
    const { origin } = new URL(url);
    expect(said).toContain(`The console is at ${origin}/`);
    expect(await (await fetch(origin)).text()).toContain('<div id="console">');

    const sees: Record<string, string> = { operator: '/v1/tenants', 'Osec data-engineer': '/v1/datasets' };
    for (const [who, link] of Object.entries(links)) {
      const browser = openBrowser(origin);
      const proof = { token: link.split('#')[1], password: 'seven lighthouses on one rock' };
      expect((await browser.send('POST', '/v1/session/welcome', proof)).status, who).toBe(200);
      const { body } = await browser.send('GET', sees[who] ?? '/v1/collaborations');
      expect(body.items.length, who).toBeGreaterThan(0);
    }
    child.kill('SIGINT');
    expect(await ended, said).toBe(0);
    await expect(fetch(origin)).rejects.toThrow();
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
