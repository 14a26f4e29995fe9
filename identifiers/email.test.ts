// Rules of e-mail addresses: published vectors, one mailbox one value, and nothing malformed or meaningless gets through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseEmail } from './email.ts';
import vectors from './testdata/email.json' with { type: 'json' };

const outcomeOf = (raw: string): string => {
  const made = normaliseEmail(raw);
  return made.ok ? made.value.reveal() : made.code;
};

describe('published vectors', () => {
  test.each(vectors.accepted)('$raw is $normalised', ({ raw, normalised }) => expect(outcomeOf(raw)).toBe(normalised));
  test.each(vectors.refused)('$raw is refused as $code', ({ raw, code }) => expect(outcomeOf(raw)).toBe(code));
});

const domain = fc.oneof(fc.domain(), fc.constantFrom('gmail.com', 'GoogleMail.com', 'münchen.de', 'EXAMPLE.org'));
const address = fc.oneof(
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 70, unit: 'grapheme' }), domain)
    .map(([local, host]) => `${local}@${host}`),
  fc.emailAddress(),
  fc.string({ unit: 'binary' }),
);

test('a normalised address stays the same when it is normalised again, and is never empty', () => {
  fc.assert(
    fc.property(address, (raw) => {
      const once = normaliseEmail(raw);
      if (!once.ok) return;
      expect(once.value.reveal()).toMatch(/^[^\s@A-Z]+@[a-z0-9.-]+\.[a-z0-9-]+$/u);
      expect(outcomeOf(once.value.reveal())).toBe(once.value.reveal());
    }),
    { numRuns: 5_000 },
  );
});

test('every spelling of one Gmail mailbox is one value', () => {
  const spelling = fc.record({
    dots: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    tag: fc.stringMatching(/^[a-z0-9+.]{0,10}$/),
    host: fc.constantFrom('gmail.com', 'GMAIL.COM', 'googlemail.com'),
  });
  fc.assert(
    fc.property(spelling, ({ dots, tag, host }) => {
      const local = [...'JaneDoe42'].map((letter, at) => (dots[at] ? `${letter}.` : letter)).join('');
      expect(outcomeOf(`${local}${tag === '' ? '' : `+${tag}`}@${host}`)).toBe('janedoe42@gmail.com');
    }),
  );
});

test('elsewhere dots and tags are kept: they may be another person', () => {
  expect(outcomeOf('jane.doe+1@example.com')).not.toBe(outcomeOf('janedoe@example.com'));
});

test('no hint contains the value', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[q-z]{9,20}$/), (word) => {
      const made = normaliseEmail(`${word} ${word}@@`);
      expect(made.ok ? '' : made.hint).not.toContain(word);
    }),
  );
});

test('an address at the limits is kept and one beyond is not', () => {
  expect(outcomeOf(`${'a'.repeat(64)}@example.com`)).toBe(`${'a'.repeat(64)}@example.com`);
  expect(outcomeOf(`${'a'.repeat(65)}@example.com`)).toBe('too_long');
  expect(outcomeOf(`${'a'.repeat(5_000_000)}@example.com`)).toBe('too_long');
});
