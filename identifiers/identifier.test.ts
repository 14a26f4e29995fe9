// Rules of the other identifier types and of all: vectors, idempotence, never empty, and a value that never prints itself.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClearText } from './clear-text.ts';
import { normaliseCustomerParts } from './customer.ts';
import { IDENTIFIER_TYPES, type IdentifierType, type Normalised, normalise } from './identifier.ts';
import { normalisePostalParts } from './postal-address.ts';
import opaque from './testdata/opaque.json' with { type: 'json' };
import postal from './testdata/postal-address.json' with { type: 'json' };

const outcomeOf = (made: Normalised): string => (made.ok ? made.value.reveal() : made.code);

describe('vectors', () => {
  test.each(opaque.accepted)('$type $raw is $normalised', ({ type, raw, normalised }) => {
    expect(outcomeOf(normalise(type as IdentifierType, raw, {}))).toBe(normalised);
  });
  test.each(opaque.refused)('$type $raw is refused as $code', ({ type, raw, code }) => {
    expect(outcomeOf(normalise(type as IdentifierType, raw, {}))).toBe(code);
  });
  test.each(postal.accepted)('the postal key $key', ({ key, ...parts }) => {
    expect(outcomeOf(normalisePostalParts(parts))).toBe(key);
    expect(outcomeOf(normalise('postal-address', key, {}))).toBe(key);
  });
  test.each(postal.refused)('no postal key of $surname, $postcode, $house-number', ({ code, ...parts }) => {
    expect(outcomeOf(normalisePostalParts(parts))).toBe(code);
  });
});

test('normalisation of every type is idempotent, never empty and never throws', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.uuid());
  const parts = fc.array(anything, { minLength: 3, maxLength: 3 }).map((three) => three.join('|'));
  fc.assert(
    fc.property(fc.constantFrom(...IDENTIFIER_TYPES), fc.oneof(anything, parts), (type, raw) => {
      const once = normalise(type, raw, { defaultCountry: 'FR' });
      if (!once.ok) return;
      expect(once.value.reveal().trim()).not.toBe('');
      expect(outcomeOf(normalise(type, once.value.reveal(), { defaultCountry: 'FR' }))).toBe(once.value.reveal());
    }),
    { numRuns: 5_000 },
  );
});

test('a customer key of several columns has no blank part', () => {
  expect(outcomeOf(normaliseCustomerParts([' michaela ', 'neumann', '4223']))).toBe('michaela|neumann|4223');
  expect(outcomeOf(normaliseCustomerParts(['michaela', ' ', '4223']))).toBe('part_missing');
  expect(outcomeOf(normaliseCustomerParts(['', '', '']))).toBe('empty');
  expect(outcomeOf(normaliseCustomerParts(['a|b', 'c']))).toBe('malformed');
});

test('a value in the clear prints [redacted] however it is printed', () => {
  const value = new ClearText('jane@example.com');
  for (const printed of [`${value}`, JSON.stringify({ value }), inspect({ value }), String(value)]) {
    expect(printed).toContain('[redacted]');
    expect(printed).not.toContain('jane');
  }
});
