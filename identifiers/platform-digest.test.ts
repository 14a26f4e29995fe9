// Rules of platform digests: each platform's published vectors, and one address that every platform digests in its own way.
import { describe, expect, test } from 'vitest';
import { platformDigest, platformEmail } from './platform-digest.ts';
import {
  findPlatformProfile,
  PLATFORM_PROFILE_NAMES,
  PLATFORM_PROFILES,
  type PlatformProfileName,
} from './platform-profile.ts';
import vectors from './testdata/platform-digest.json' with { type: 'json' };

describe('published vectors', () => {
  test.each(vectors.digests)('$profile of $raw', ({ profile, raw, digest }) => {
    expect(platformDigest(findPlatformProfile(profile)!, raw, {})).toEqual({ ok: true, digest });
  });

  test.each(vectors.spellings)('$profile spells $raw as $spelling', ({ profile, raw, spelling }) => {
    expect(platformEmail(PLATFORM_PROFILES[profile as PlatformProfileName], raw)).toBe(spelling);
  });
});

test('a profile carries the month its rules were read, since platforms change them', () => {
  for (const name of PLATFORM_PROFILE_NAMES) expect(name).toMatch(/^[a-z0-9]+@20\d\d-\d\d$/);
});

test.each(['meta', 'meta@2026-06/address', 'meta@2026-06/email/x', 'linkedin@2026-06/phone', 'constructor', ''])(
  'the profile %j is unknown',
  (text) => expect(findPlatformProfile(text)).toBeUndefined(),
);

test('a national number takes the default country, and nothing is made of an empty or malformed value', () => {
  const phone = findPlatformProfile('meta@2026-06/phone')!;
  expect(platformDigest(phone, '06 39 98 12 34', { defaultCountry: 'FR' })).toEqual(
    platformDigest(phone, '+33639981234', {}),
  );
  expect(platformDigest(phone, ' ', {})).toMatchObject({ ok: false, code: 'empty' });
  expect(platformDigest(phone, '0000000000', {})).toMatchObject({ ok: false });
  expect(platformDigest(findPlatformProfile('meta@2026-06')!, 'quinn', {})).toMatchObject({
    ok: false,
    code: 'malformed',
  });
});

test('a list whose hashes the partner makes takes the hash as it is, and nothing that might be the value itself', () => {
  const profile = findPlatformProfile('drop@2026-08/ndz');
  if (profile === undefined) throw new Error('the profile is there');
  const hash = 'vGM7y5n+hBXRSEAklhHDPCbysyNgYTmXdMcagGUOY8E=';
  expect(platformDigest(profile, ` ${hash} `, {})).toEqual({ ok: true, digest: hash });
  expect(platformDigest(profile, 'Ada Lovelace 1815-12-10 90210', {})).toMatchObject({ ok: false, code: 'malformed' });
  expect(findPlatformProfile('meta@2026-06/maid')).toBeUndefined();
});
