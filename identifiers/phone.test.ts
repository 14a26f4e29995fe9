// Rules of telephone numbers: E.164, impossible and placeholder numbers refused, and the short way never differs from the long one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalisePhone, parse } from './phone.ts';
import { phoneWriter } from './phone-bytes.ts';
import { SHORT_WAY_COUNTRIES, shortWay } from './phone-short-way.ts';
import vectors from './testdata/phone.json' with { type: 'json' };

const outcomeOf = (raw: string, defaultCountry?: string): string => {
  const made = normalisePhone(raw, defaultCountry === undefined ? {} : { defaultCountry });
  return made.ok ? made.value.reveal() : made.code;
};

describe('published vectors', () => {
  test.each(vectors.accepted)('$raw ($country) is $normalised', ({ raw, country, normalised }) => {
    expect(outcomeOf(raw, country ?? undefined)).toBe(normalised);
  });

  test.each(vectors.refused)('$raw ($country) is refused as $code', ({ raw, country, code }) => {
    expect(outcomeOf(raw, country ?? undefined)).toBe(code);
  });
});

test('what the parser answers stays the same when it is normalised again', () => {
  fc.assert(
    fc.property(spelledNumber(), ({ raw, country }) => {
      const once = normalisePhone(raw, { defaultCountry: country });
      if (!once.ok) return;
      expect(once.value.reveal()).toMatch(/^\+[1-9]\d{4,16}$/);
      expect(outcomeOf(once.value.reveal(), country)).toBe(once.value.reveal());
    }),
    { numRuns: 5_000 },
  );
});

describe('the short way', () => {
  // 18 countries, 6,000 numbers each in 9 spellings; a seeded generator because the point is breadth.
  test.each(SHORT_WAY_COUNTRIES)('says what libphonenumber says in %s', (country) => {
    const random = seeded(country.charCodeAt(0) * 256 + country.charCodeAt(1));
    let taken = 0;
    for (let run = 0; run < 6_000; run++) {
      const raw = spell(random, country);
      const short = shortWay(raw, country);
      if (short === undefined) continue;
      taken += 1;
      const long = parse(raw, { defaultCountry: country });
      if (!long.ok || long.value.reveal() !== short) throw new Error(`${country}: ${raw} → ${short}`);
    }
    expect(taken).toBeGreaterThan(500);
  });

  test('reads an international number under any default country as the parser does', () => {
    const random = seeded(7);
    for (let run = 0; run < 30_000; run++) {
      const home = SHORT_WAY_COUNTRIES[Math.floor(random() * SHORT_WAY_COUNTRIES.length)]!;
      const raw = spell(random, SHORT_WAY_COUNTRIES[run % SHORT_WAY_COUNTRIES.length]!);
      const short = shortWay(raw, home);
      if (short === undefined) continue;
      const long = parse(raw, { defaultCountry: home });
      if (!long.ok || long.value.reveal() !== short) throw new Error(`${home}: ${raw} → ${short}`);
    }
  });
});

describe('the short way over bytes', () => {
  test.each([...SHORT_WAY_COUNTRIES, 'BR'])('says what the short way over text says, at home in %s', (home) => {
    const random = seeded(home.charCodeAt(0) * 512 + home.charCodeAt(1));
    const write = phoneWriter(home);
    let taken = 0;
    for (let run = 0; run < 20_000; run++) {
      const raw = spell(random, run % 3 === 0 ? SHORT_WAY_COUNTRIES[run % 18]! : home === 'BR' ? 'US' : home);
      const text = writtenBy(write, raw);
      if (text === undefined) continue;
      taken += 1;
      if (text !== shortWay(raw, home)) throw new Error(`${home}: ${raw} → ${text}`);
    }
    expect(taken).toBeGreaterThan(1_000);
  });

  test('takes every plain spelling that the short way takes', () => {
    const random = seeded(11);
    for (let run = 0; run < 50_000; run++) {
      const country = SHORT_WAY_COUNTRIES[run % SHORT_WAY_COUNTRIES.length]!;
      const raw = spell(random, country);
      if (raw.includes('(')) continue;
      expect(writtenBy(phoneWriter(country), raw)).toBe(shortWay(raw, country));
    }
  });

  test('leaves anything else to the long way', () => {
    const write = phoneWriter('FR');
    for (const raw of [
      '',
      '+',
      '0',
      ' 0639981234',
      '0639981234 ',
      '06--39981234',
      '06 39 98 12 3x',
      '+33 (0)639981234',
    ]) {
      expect(writtenBy(write, raw)).toBeUndefined();
    }
  });
});

function writtenBy(write: ReturnType<typeof phoneWriter>, raw: string): string | undefined {
  const bytes = Uint8Array.from(`..${raw},`, (character) => character.charCodeAt(0));
  const out = new Uint8Array(64);
  const length = write(bytes, 2, 2 + raw.length, out, 3);
  return length < 0 ? undefined : String.fromCharCode(...out.subarray(3, 3 + length));
}

/** Calling code, and everyday numbers: their first digits and their length. */
const EVERYDAY: Record<string, { code: string; heads: readonly string[]; length: number }> = {
  AT: { code: '43', heads: ['650', '664', '699'], length: 11 },
  BE: { code: '32', heads: ['45', '47', '49'], length: 9 },
  CA: { code: '1', heads: ['416', '604', '2'], length: 10 },
  CH: { code: '41', heads: ['76', '78', '79'], length: 9 },
  DE: { code: '49', heads: ['151', '160', '176'], length: 11 },
  DK: { code: '45', heads: ['2', '5', '9'], length: 8 },
  ES: { code: '34', heads: ['6', '7'], length: 9 },
  FR: { code: '33', heads: ['1', '4', '6', '7'], length: 9 },
  GB: { code: '44', heads: ['71', '74', '79'], length: 10 },
  IE: { code: '353', heads: ['83', '87'], length: 9 },
  IT: { code: '39', heads: ['32', '34', '39'], length: 10 },
  LU: { code: '352', heads: ['621', '661', '691'], length: 9 },
  NL: { code: '31', heads: ['61', '64', '68'], length: 9 },
  NO: { code: '47', heads: ['4', '9'], length: 8 },
  PL: { code: '48', heads: ['5', '6', '7'], length: 9 },
  PT: { code: '351', heads: ['91', '92', '93', '96'], length: 9 },
  SE: { code: '46', heads: ['70', '72', '76'], length: 9 },
  US: { code: '1', heads: ['650', '800', '9'], length: 10 },
};

function spell(random: () => number, country: string): string {
  const { code, heads, length } = EVERYDAY[country]!;
  const everyday = random() < 0.7;
  const head = everyday ? heads[Math.floor(random() * heads.length)]! : '12345667789'[Math.floor(random() * 11)]!;
  const wanted = everyday ? length - (random() < 0.1 ? 1 : 0) : 7 + Math.floor(random() * 5);
  const cut = head + Array.from({ length: wanted - head.length }, () => Math.floor(random() * 10)).join('');
  const pairs = cut.replace(/(\d\d)(?=\d)/g, '$1 ');
  const spellings = [
    cut,
    `0${cut}`,
    `+${code}${cut}`,
    `+${code} ${pairs}`,
    `00${code}${cut}`,
    `0${pairs.replaceAll(' ', '.')}`,
    `${code}${cut}`,
    `1-${cut.slice(0, 3)}-${cut.slice(3, 6)}-${cut.slice(6)}`,
    `(${cut.slice(0, 3)}) ${cut.slice(3, 6)}-${cut.slice(6)}`,
    `00 ${code} ${pairs}`,
    `+${code} 0${pairs}`,
  ];
  return spellings[Math.floor(random() * spellings.length)]!;
}

function spelledNumber() {
  return fc
    .record({ seed: fc.nat(), country: fc.constantFrom(...SHORT_WAY_COUNTRIES) })
    .map(({ seed, country }) => ({ country, raw: spell(seeded(seed), country) }));
}

/** mulberry32: small, seeded, good enough to spread digits. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
