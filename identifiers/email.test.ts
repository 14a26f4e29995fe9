// Rules of e-mail addresses: published vectors, one mailbox one value, and nothing malformed or meaningless gets through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseEmail, PLACEHOLDER_LOCAL_PARTS, PLACEHOLDER_WORDS } from './email.ts';
import { writeEmail } from './email-bytes.ts';
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

describe('the short way over bytes', () => {
  const typed = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9._+-]{0,14}$/),
    fc.constantFrom('jane', 'No-Reply', 'test', 'noreply+x', '+x', 'a..b', '.a', 'a.', 'ja ne', 'null', 'x'.repeat(65)),
  );
  const host = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9.-]{0,14}$/),
    fc.constantFrom(
      'gmail.com',
      'GOOGLEMAIL.com',
      'example.org',
      'test.com',
      'a.invalid',
      'xn--bcher-kva.de',
      '1.2.3.4',
    ),
  );

  test('says what the long way says, or nothing', () => {
    let taken = 0;
    fc.assert(
      fc.property(typed, host, (name, domain) => {
        const raw = `${name}@${domain}`;
        const bytes = Uint8Array.from(`"${raw}"`, (character) => character.charCodeAt(0));
        const out = new Uint8Array(320);
        const length = writeEmail(bytes, 1, 1 + raw.length, out, 5);
        if (length < 0) return;
        taken += 1;
        const long = normaliseEmail(raw);
        expect(long.ok && long.value.reveal()).toBe(String.fromCharCode(...out.subarray(5, 5 + length)));
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(2_000);
  });

  test('takes everyday addresses', () => {
    for (const raw of ['jane.doe7@orange.fr', 'Jane.Doe+news@gmail.com', 'j_d-1@a.b-c.de']) {
      expect(
        writeEmail(
          Uint8Array.from(raw, (c) => c.charCodeAt(0)),
          0,
          raw.length,
          new Uint8Array(320),
          0,
        ),
      ).toBeGreaterThan(5);
    }
  });

  test('leaves every placeholder to the long way', () => {
    for (const word of [...PLACEHOLDER_LOCAL_PARTS, ...PLACEHOLDER_WORDS]) {
      const raw = `${word}@${word}.com`;
      expect(
        writeEmail(
          Uint8Array.from(raw, (c) => c.charCodeAt(0)),
          0,
          raw.length,
          new Uint8Array(320),
          0,
        ),
      ).toBe(-1);
    }
  });
});
