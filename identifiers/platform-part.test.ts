// Parts of an address against the vectors that the platforms and their SDKs publish.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformDigest } from './platform-digest.ts';
import { GOOGLE_PARTS, META_PARTS, PLATFORM_PARTS, type PlatformPart } from './platform-part.ts';
import { findPlatformProfile } from './platform-profile.ts';

describe('Google (googleads/data-manager-node, formatter tests)', () => {
  test.each([
    ['given-name', ' Mr. Alex   ', 'alex'],
    ['given-name', ' Alex Dr.', 'alex dr.'],
    ['given-name', ' Mralex   ', 'mralex'],
    ['given-name', ' Mr. ', undefined],
    ['family-name', ' Quinn, Jr.   ', 'quinn'],
    ['family-name', 'quinn, jr., dds', 'quinn'],
    ['family-name', 'Quinn-Alex', 'quinn-alex'],
    ['family-name', 'Boardds', 'boardds'],
    ['family-name', ', Jr. ', undefined],
    ['region', ' us', 'US'],
    ['region', 'usa', undefined],
    ['region', 'u2', undefined],
    ['postal-code', ' 1229-076  ', '1229-076'],
  ] as const)('%s %j is %j', (part, raw, spelling) => expect(GOOGLE_PARTS[part]?.spell(raw)).toBe(spelling));
});

describe('Meta (facebook-python-business-sdk, and its documented rules)', () => {
  test.each([
    ['given-name', 'Valéry', 'valéry'],
    ['given-name', '정', '정'],
    ['given-name', "O'Brien", 'obrien'],
    ['given-name', 'John Smith1', 'john smith1'],
    ['family-name', 'Mary-Jane', 'maryjane'],
    ['first-initial', ' Éloïse', 'é'],
    ['city', 'Saint-Étienne', 'saintétienne'],
    ['state', 'N. Y.', 'ny'],
    ['postal-code', 'M1 1AE', 'm11ae'],
    ['postal-code', '  K1A 0A6  ', 'k1a0a6'],
    ['postal-code', '94035-1234', '94035'],
    ['region', 'US', 'us'],
    ['region', 'USA', undefined],
    ['region', 'U', undefined],
    ['region', 'U1', undefined],
    ['region', '12', undefined],
    ['gender', 'Female', 'f'],
    ['gender', 'M', 'm'],
    ['gender', 'diverse', undefined],
    ['birth-year', '1984', '1984'],
    ['birth-year', '84', undefined],
    ['birth-month', '7', '07'],
    ['birth-day', '32', undefined],
  ] as const)('%s %j is %j', (part, raw, spelling) => expect(META_PARTS[part]?.spell(raw)).toBe(spelling));
});

test('a part is digested, or sealed as it is where the platform takes it in the clear', () => {
  const made = (profile: string, raw: string) => platformDigest(findPlatformProfile(profile)!, raw, {});
  expect(made('google@2026-06/given-name', ' Givenname')).toEqual({
    ok: true,
    digest: '128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814',
  });
  expect(made('google@2026-06/family-name', 'familyName ')).toEqual({
    ok: true,
    digest: '77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574',
  });
  expect(made('meta@2026-06/given-name', '  TEST ')).toEqual({
    ok: true,
    digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  });
  expect(made('google@2026-06/region', 'fr')).toEqual({ ok: true, digest: 'FR' });
  expect(made('google@2026-06/region', ' ')).toMatchObject({ ok: false, code: 'empty' });
  expect(made('meta@2026-06/gender', 'x')).toMatchObject({ ok: false, code: 'malformed' });
  expect(made('meta@2026-06/city', 'x'.repeat(121))).toMatchObject({ ok: false, code: 'malformed' });
});

test('a platform has the parts it takes and no others', () => {
  const known = ['google@2026-06/city', 'tiktok@2026-06/given-name', 'meta@2026-06/constructor'];
  expect(known.map(findPlatformProfile)).toEqual([undefined, undefined, undefined]);
  expect(findPlatformProfile('meta@2026-06/city')).toEqual({ name: 'meta@2026-06', kind: 'city' });
});

test('what was spelt once is spelt the same again', () => {
  const parts: readonly PlatformPart[] = PLATFORM_PARTS;
  fc.assert(
    fc.property(fc.constantFrom(...parts), fc.string({ unit: 'grapheme' }), (part, raw) => {
      const rule = META_PARTS[part];
      const once = rule?.spell(raw);
      if (once !== undefined) expect(rule?.spell(once)).toBe(once);
    }),
  );
});
