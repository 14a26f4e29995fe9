// Names of the pinned ways in which ad platforms want digests. A profile is a platform and the month its rules were read,
// because platforms change their rules and the same address then gets another digest.
export const PLATFORM_PROFILE_NAMES = [
  'google@2026-06',
  'google@2025-12',
  'uid2@2026-06',
  'meta@2026-06',
  'microsoft@2026-06',
  'snap@2026-06',
  'tiktok@2026-06',
  'linkedin@2026-06',
] as const;
export type PlatformProfileName = (typeof PLATFORM_PROFILE_NAMES)[number];
export type PlatformValueKind = 'email' | 'phone';

/** A profile as a schema writes it, `meta@2026-06/phone`; without a kind it is of e-mail addresses. */
export interface PlatformProfile {
  readonly name: PlatformProfileName;
  readonly kind: PlatformValueKind;
}

export function findPlatformProfile(text: string): PlatformProfile | undefined {
  const [name, kind = 'email', ...rest] = text.split('/');
  if (rest.length > 0 || (kind !== 'email' && kind !== 'phone')) return undefined;
  const known = PLATFORM_PROFILE_NAMES.find((candidate) => candidate === name);
  return known && { name: known, kind };
}

export function isPlatformProfile(text: string): boolean {
  return findPlatformProfile(text) !== undefined;
}
