// The decision path over an enumerated space of requests, against an oracle written from the titles of the policies: no mismatch.
import { expect, it } from 'vitest';
import { loadPolicySet } from './decide.ts';
import { audienceCases, type DecidedCase, personCases } from './testing/decision-space.ts';
import { residencyCases } from './testing/residency-space.ts';

const set = loadPolicySet();

function mismatches(cases: Iterable<DecidedCase>): { requests: number; wrong: unknown[]; allowed: number } {
  let requests = 0;
  let allowed = 0;
  const wrong: unknown[] = [];
  for (const { words, expected, decide } of cases) {
    requests++;
    const { outcome, reasons } = decide(set);
    if (outcome === 'allow') allowed++;
    if (outcome !== expected) wrong.push({ words, expected, reasons });
  }
  return { requests, wrong: wrong.slice(0, 5), allowed };
}

it('more than a hundred thousand requests are decided as the titles say', { timeout: 600_000 }, () => {
  const persons = mismatches(personCases());
  const audiences = mismatches(audienceCases());
  const regions = mismatches(residencyCases());
  expect([persons.wrong, audiences.wrong, regions.wrong]).toEqual([[], [], []]);
  expect(persons.requests + audiences.requests + regions.requests).toBeGreaterThanOrEqual(100_000);
  // A space in which nothing is allowed would prove nothing.
  expect(persons.allowed).toBeGreaterThan(50);
  expect(audiences.allowed).toBeGreaterThan(100);
  expect(regions.allowed).toBeGreaterThan(30);
});
