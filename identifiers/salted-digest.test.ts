// Rules of salted digests: the formula to the byte, and that digests under unequal salts or types cannot be compared.
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IDENTIFIER_TYPES, type IdentifierType, normalise } from './identifier.ts';
import { saltedDigest } from './salted-digest.ts';
import vectors from './testdata/salted-digest.json' with { type: 'json' };

const salt = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed());
const value = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed());
const type = fc.constantFrom(...IDENTIFIER_TYPES);

test.each(vectors.vectors)('$type $raw', ({ type: named, raw, normalised, digest }) => {
  const made = normalise(named as IdentifierType, raw, {});
  expect(made.ok && made.value.reveal()).toBe(normalised);
  expect(saltedDigest({ salt: vectors.salt, type: named as IdentifierType, normalised })).toBe(digest);
});

test('a digest is 64 lower-case hexadecimal digits, and the portable and the native hash agree', () => {
  fc.assert(
    fc.property(salt, type, value, (saltText, typeName, normalised) => {
      const input = { salt: saltText, type: typeName, normalised };
      const digest = saltedDigest(input);
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(saltedDigest(input, (text) => hash('sha256', text, 'hex'))).toBe(digest);
    }),
  );
});

test('digests of one value under two salts, or as two types, have nothing in common', () => {
  fc.assert(
    fc.property(salt, salt, type, type, value, (saltA, saltB, typeA, typeB, normalised) => {
      fc.pre(saltA !== saltB || typeA !== typeB);
      // A ":" inside a salt could shift the border; salts of the service have none.
      fc.pre(!saltA.includes(':') && !saltB.includes(':'));
      const a = saltedDigest({ salt: saltA, type: typeA, normalised });
      expect(a).not.toBe(saltedDigest({ salt: saltB, type: typeB, normalised }));
    }),
  );
});

test('an empty value or salt is never hashed', () => {
  expect(() => saltedDigest({ salt: 's', type: 'email', normalised: '' })).toThrow(RangeError);
  expect(() => saltedDigest({ salt: '', type: 'email', normalised: 'x' })).toThrow(RangeError);
});
