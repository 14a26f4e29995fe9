// The suite of attacks in small: what it prints, that its attacks have power, and that it cannot be called wrongly.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/attacks/main.ts', import.meta.url));
const FEW = ['cell-isolation', 'error-oracle', 'query-after-erasure', 'averaging-by-rewrite'];
const TRIALS = 8;

test('a few attacks fail where they won against the control, as one JSON array', async () => {
  const names = FEW.flatMap((name) => ['--attack', name]);
  const { code, stdout, stderr } = await run(['--json', '--trials', String(TRIALS), '--seed', '7', ...names]);
  expect(code, stderr).toBe(0);
  const outcomes = JSON.parse(stdout) as {
    attack: string;
    trials: number;
    success: number;
    bound: number;
    control: number;
  }[];
  expect(outcomes.map(({ attack }) => attack).sort()).toEqual([...FEW].sort());
  for (const outcome of outcomes) {
    expect(Object.keys(outcome)).toEqual(['attack', 'trials', 'success', 'bound', 'control']);
    expect(outcome.trials).toBe(TRIALS);
    expect(outcome.control).toBeGreaterThanOrEqual(0.9);
    expect(outcome.bound).toBeGreaterThan(0.5);
    expect(outcome.bound).toBeLessThan(0.6);
    expect(outcome.success).toBeGreaterThanOrEqual(0);
    expect(outcome.success).toBeLessThanOrEqual(1);
  }
  expect(stderr).toContain('seed 7');
});

test('at least twenty attacks are there, and an unknown one is refused', async () => {
  const listed = await run(['--list']);
  expect(listed.stdout.trim().split('\n').length).toBeGreaterThanOrEqual(20);
  const refused = await run(['--attack', 'guesswork']);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('no attack is called guesswork');
});

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
