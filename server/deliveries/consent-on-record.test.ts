// What counts as consent on record, and what does not.
import { describe, expect, test } from 'vitest';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { decidePersonOfSeveralSides } from '../../policies/consent.ts';
import { loadPolicySet } from '../../policies/decide.ts';
import { consentClassesOf } from './consent-on-record.ts';

const policies = loadPolicySet();
const email = { role: 'identifier', type: 'email' };
const plain = parseDatasetSchema({ name: 'plain', columns: { email } });
const withColumn = (destinations?: string[]) =>
  parseDatasetSchema({
    name: 'asked',
    columns: { email, purposes: { role: 'consent', kind: 'purposes', destinations } },
  });
const evidence = {
  purposes: ['advertising' as const],
  destinations: ['xandr'],
  text_sha256: '0'.repeat(64),
  source: 'newsletter form of 2026',
};

function outcome(
  record: Parameters<typeof consentClassesOf>[0],
  transfer: { purpose?: string; destinationKind?: string; instant?: string } = {},
): string {
  const asked = { purpose: 'advertising', destinationKind: 'xandr', instant: '2026-11-22T00:00:00.000Z', ...transfer };
  const classes = consentClassesOf(record).get(0);
  return decidePersonOfSeveralSides(policies, classes === undefined ? [] : [classes], asked).outcome;
}

const nothing = [{ id: 0, source: 'none' as const, grants: [] }];
const agreed = (destinations: string[]) => [
  { id: 0, source: 'purposes-column' as const, grants: [{ purpose: 'advertising', destinations }] },
];

describe('a dataset without a consent column', () => {
  test('lets nobody go', () => expect(outcome({ loaded: nothing, schema: plain, evidence: null })).toBe('deny'));
  test('lets go whom its evidence covers', () =>
    expect(outcome({ loaded: nothing, schema: plain, evidence })).toBe('allow'));
  test('covers no other destination', () =>
    expect(outcome({ loaded: nothing, schema: plain, evidence }, { destinationKind: 'webhook' })).toBe('deny'));
  test('covers no other purpose', () =>
    expect(outcome({ loaded: nothing, schema: plain, evidence }, { purpose: 'analytics' })).toBe('deny'));
  test('covers nobody once the evidence has expired', () => {
    const expired = { ...evidence, expires_at: '2026-11-21T00:00:00Z' };
    expect(outcome({ loaded: nothing, schema: plain, evidence: expired })).toBe('deny');
  });
});

describe('a purposes column', () => {
  test('counts where the cell names the destination', () =>
    expect(outcome({ loaded: agreed(['xandr']), schema: withColumn(), evidence: null })).toBe('allow'));
  test('does not count where nobody named one', () =>
    expect(outcome({ loaded: agreed([]), schema: withColumn(), evidence: null })).toBe('deny'));
  test('counts where the column declares it', () =>
    expect(outcome({ loaded: agreed([]), schema: withColumn(['xandr']), evidence: null })).toBe('allow'));
  test('keeps a cell that names another destination to that one', () =>
    expect(outcome({ loaded: agreed(['file']), schema: withColumn(['xandr']), evidence: null })).toBe('deny'));
});
