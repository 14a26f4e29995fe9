// Who may make a decision and who may make a release, read from the imports of the whole project.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const parts = [
  'audit',
  'bench',
  'connectors',
  'console',
  'identifiers',
  'matching',
  'openapi',
  'partner',
  'policies',
  'server',
];
const sources = parts
  .filter((part) => existsSync(new URL(part, root)))
  .flatMap((part) =>
    readdirSync(new URL(part, root), { recursive: true, encoding: 'utf8' }).map((path) => `${part}/${path}`),
  )
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'));

it('only the evaluation of policies makes a decision', () => {
  expect(mentioning(/\bmakeDecision\b/)).toEqual(['policies/decide.ts', 'policies/decision.ts']);
});

it('only release.ts makes a released value or a recorded decision', () => {
  expect(mentioning(/\bnew (Released|RecordedDecision)\b/)).toEqual(['policies/release.ts']);
});

it('sample decisions serve tests, what they stand on, and benchmarks alone', () => {
  const users = mentioning(/testing\/sample-decisions/);
  expect(users.filter((path) => !/^bench\/|(-world|-fixture)\.ts$|\/testing\//.test(path))).toEqual([]);
});

function mentioning(pattern: RegExp): string[] {
  return sources.filter((path) => pattern.test(readFileSync(new URL(path, root), 'utf8'))).sort();
}
