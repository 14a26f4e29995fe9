// The partner's command line asks the log of a service: search and export, on a terminal, into a file, as JSON.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../partner/program.ts';
import { openWorld, type World } from '../server/testing/world.ts';

let world: World;
const folder = mkdtempSync(join(tmpdir(), 'ecluse-audit-commands-'));

beforeAll(async () => {
  world = await openWorld(['osec']);
  writeFileSync(join(folder, 'officer.key'), world.secretOf('osec.compliance-officer'));
}, 120_000);
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function command(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { ECLUSE_URL: world.url };
  const terminal = {
    stdin,
    stdout,
    stderr,
    env,
    signal: new AbortController().signal,
    programUrl: new URL('file:///'),
  };
  const exitCode = await run([...argv, '--api-key-file', join(folder, 'officer.key')], terminal);
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

test('search shows a line for each event, and where the next page starts', async () => {
  const { stdout } = await command('audit', 'search', '--event', 'member.added', '--limit', '2');
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^2\d{3}-.*Z {2} +\d+ {2}succeeded {2}member\.added {2}mem_\w+ {2}by mem_\w+$/),
    expect.stringContaining('member.added'),
    expect.stringMatching(/^more: --cursor \S+$/),
  ]);
  const cursor = /--cursor (\S+)/.exec(stdout)?.[1] ?? '';
  const next = await command('audit', 'search', '--event', 'member.added', '--cursor', cursor, '--json');
  expect(JSON.parse(next.stdout).items).toHaveLength(2);
  expect((await command('audit', 'search', '--until', '2020-01-01')).stdout).toBe('no such events\n');
});

test('export writes whole lines to standard output or a file', async () => {
  const { stdout } = await command('audit', 'export', '--event', 'member.added', '--since', '2020-01-01');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event),
  ).toEqual(Array(4).fill('member.added'));
  const output = join(folder, 'events.ndjson');
  const { exitCode, stdout: said } = await command('audit', 'export', '--event', 'member.added', '--output', output);
  expect([exitCode, said]).toEqual([0, `${output}: 4 events\n`]);
  expect(readFileSync(output, 'utf8')).toBe(stdout);
});

test.each([
  [['audit', 'export', '--json'], 2, '--json needs --output'],
  [['audit', 'search', '--since', 'yesterday'], 2, 'a time is not one'],
  [['audit', 'search', '--limit', '0'], 2, 'from 1 to 200'],
])('%j is refused', async (argv, exitCode, message) => {
  const said = await command(...argv);
  expect([said.exitCode, said.stdout + said.stderr]).toEqual([exitCode, expect.stringContaining(message)]);
});
