// TC strings read as the IAB Tech Lab's own library reads them; what that library refuses, or half a string, is malformed.
import { TCString } from '@iabtechlabtcf/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasVendor } from '../../policies/tcf.ts';
import { decodeTcf } from './tcf.ts';
import { writeTcString } from './testing/tc-string-writer.ts';

const ids = (max: number) => fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 40 });
const ranges = fc
  .uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 2, maxLength: 20 })
  .map((ends) => ends.toSorted((a, b) => a - b))
  .map((ends) => ends.flatMap((from, n) => (n % 2 === 0 ? [[from, (ends[n + 1] ?? from + 1) - 1] as const] : [])));
const vendors = fc.oneof(
  ids(900),
  ranges.map((each) => ({ ranges: each })),
);
const day = fc.integer({ min: 19_000, max: 21_000 }).map((days) => new Date(days * 86_400_000).toISOString());
const parts = fc.record({
  created: day,
  policyVersion: fc.integer({ min: 2, max: 6 }),
  isServiceSpecific: fc.boolean(),
  isPurposeOneExempt: fc.boolean(),
  consents: ids(24),
  interests: ids(24),
  vendorConsents: vendors,
  vendorInterests: vendors,
  disclosedVendors: vendors,
  restrictions: fc.array(
    fc.record({
      purpose: fc.integer({ min: 1, max: 11 }),
      kind: fc.integer({ min: 0, max: 2 }),
      vendors: ranges,
    }),
    { maxLength: 3 },
  ),
});

/** The greatest vendor of a set, and whether each up to it is in. */
function vendorsOf(bits: string): number[] {
  return Array.from({ length: bits.length * 6 }, (_, n) => n + 1).filter((vendor) => hasVendor(bits, vendor));
}

describe('a TC string', () => {
  it('reads as the reference library reads it', () => {
    fc.assert(
      fc.property(parts, (written) => {
        const text = writeTcString(written);
        const reference = TCString.decode(text);
        const facts = decodeTcf(text);
        expect(facts).toBeDefined();
        if (facts === undefined) return;
        expect(facts.createdMs).toBe(reference.created.getTime());
        expect(facts.updatedMs).toBe(reference.lastUpdated.getTime());
        expect(facts.policyVersion).toBe(reference.policyVersion);
        expect(facts.isServiceSpecific).toBe(reference.isServiceSpecific);
        expect(facts.isPurposeOneExempt).toBe(reference.purposeOneTreatment);
        expect(facts.consents).toEqual(setOf(reference.purposeConsents));
        expect(facts.interests).toEqual(setOf(reference.purposeLegitimateInterests));
        expect(vendorsOf(facts.vendorConsents)).toEqual(setOf(reference.vendorConsents));
        expect(vendorsOf(facts.vendorInterests)).toEqual(setOf(reference.vendorLegitimateInterests));
        expect(vendorsOf(facts.disclosedVendors ?? '')).toEqual(setOf(reference.vendorsDisclosed));
        for (const { purpose, vendors: restricted } of written.restrictions) {
          for (const [from] of restricted) {
            const told = reference.publisherRestrictions.getRestrictions(from).map((one) => one.purposeId);
            expect(told).toContain(purpose);
          }
        }
        expect(facts.restrictions.map(({ purpose, kind }) => [purpose, kind])).toEqual(
          written.restrictions.map(({ purpose, kind }) => [purpose, kind]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('of the GPP specification reads as it says there', () => {
    // Global Privacy Platform, Core/Consent String Specification: a string of 20 April 2022, of policy version 2.
    const facts = decodeTcf('CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA');
    expect(facts).toMatchObject({ policyVersion: 2, isServiceSpecific: true, consents: [], disclosedVendors: null });
    expect(new Date(facts?.createdMs ?? 0).toISOString()).toBe('2022-04-20T22:00:00.000Z');
  });

  it('whose restriction names a range backwards, or nobody, is malformed rather than unrestricted', () => {
    const restricted = (vendors: readonly (readonly [number, number])[]) =>
      decodeTcf(writeTcString({ created: '2026-03-05T00:00:00Z', restrictions: [{ purpose: 3, kind: 0, vendors }] }));
    expect(restricted([[30, 40]])?.restrictions).toHaveLength(1);
    expect(restricted([[40, 30]])).toBeUndefined();
    expect(restricted([[0, 0]])).toBeUndefined();
  });

  it('cut anywhere in its core or disclosed vendors is malformed', () => {
    const whole = writeTcString({
      created: '2026-03-05T00:00:00Z',
      consents: [1, 3],
      vendorConsents: [32, 500],
      disclosedVendors: [32],
    });
    const [core = ''] = whole.split('.');
    for (let length = 0; length < core.length - 1; length++) expect(decodeTcf(core.slice(0, length))).toBeUndefined();
    expect(decodeTcf(`${core}.`)).toBeUndefined();
    expect(decodeTcf(whole.slice(0, -4))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['another alphabet', 'CPXxRfAPXxRfAAfKABENB+CgAAAAAAAAAAYgAAAAAAAA'],
    ['version 1', 'BOEFEAyOEFEAyAHABDENAIgAAAB9vABAASA'],
    ['an email address', 'jane@example.com'],
    [
      'two segments of disclosed vendors',
      `${writeTcString({ created: '2026-03-05T00:00:00Z', disclosedVendors: [1] })}.IABA`,
    ],
    ['a segment of an unknown kind', `${writeTcString({ created: '2026-03-05T00:00:00Z' })}.gAAA`],
  ])('that is %s is malformed', (_, text) => {
    expect(decodeTcf(text)).toBeUndefined();
  });
});

function setOf(vector: { has(id: number): boolean; readonly maxId: number }): number[] {
  return Array.from({ length: vector.maxId }, (_, n) => n + 1).filter((id) => vector.has(id));
}
