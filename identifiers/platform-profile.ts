// The pinned ways in which ad platforms want their unsalted digests. A profile is a platform and the month its rules were read,
// because platforms change their rules, and the same address then gets another digest.
import { GOOGLE_PARTS, META_PARTS, type PartRules, PLATFORM_PARTS, type PlatformPart } from './platform-part.ts';

/** Of California's platform: mobile advertising id, connected TV, name with birthday and ZIP, name with vehicle. */
export const HASHED_KINDS = ['maid', 'ctv-id', 'ndz', 'name-vin'] as const;
export type HashedKind = (typeof HASHED_KINDS)[number];

export interface PlatformRules {
  /** Domains whose mailboxes ignore dots, and whether the +tag goes too. Elsewhere addresses are only trimmed and lower-cased. */
  readonly dotlessDomains: readonly string[];
  readonly dropTag: boolean;
  /** Meta's SDK strips dots around the value. */
  readonly trimDots?: boolean;
  /** Amazon digests letters, digits, dots, hyphens and @ alone: a +tag loses its plus. */
  readonly plainCharacters?: boolean;
  /** `+16505551212`, `16505551212`, `6505551212`, or not accepted. */
  readonly phone: 'with-plus' | 'digits' | 'last-ten' | 'none';
  readonly encoding: 'hex' | 'base64';
  /** Parts of an address and the like, where the platform takes them. */
  readonly parts?: PartRules;
  /** Values that come hashed already, as their own systems made them by the platform's rules: the cell is the hash. */
  readonly hashed?: readonly HashedKind[];
  /** Where the rules were read. */
  readonly source: string;
}

const AS_TYPED = { dotlessDomains: [], dropTag: false, encoding: 'hex' } as const;

export const PLATFORM_PROFILES = {
  'google@2026-06': {
    dotlessDomains: ['gmail.com', 'googlemail.com'],
    dropTag: true,
    phone: 'with-plus',
    encoding: 'hex',
    parts: GOOGLE_PARTS,
    source: 'developers.google.com/data-manager, Formatting; googleads/data-manager-node util/src/formatter.ts',
  },
  'google@2025-12': {
    dotlessDomains: ['gmail.com', 'googlemail.com'],
    dropTag: false,
    phone: 'with-plus',
    encoding: 'hex',
    source: 'googleads/data-manager-python, formatter of December 2025',
  },
  'uid2@2026-06': {
    dotlessDomains: ['gmail.com'],
    dropTag: true,
    phone: 'with-plus',
    encoding: 'base64',
    source: 'unifiedid.com/docs, Normalization and Encoding',
  },
  'meta@2026-06': {
    ...AS_TYPED,
    trimDots: true,
    phone: 'digits',
    parts: META_PARTS,
    source: 'developers.facebook.com, Customer File Custom Audiences; facebook-python-business-sdk',
  },
  'microsoft@2026-06': { ...AS_TYPED, phone: 'none', source: 'learn.microsoft.com/advertising, Customer List Item' },
  'snap@2026-06': { ...AS_TYPED, phone: 'digits', source: 'developers.snap.com, Customer Lists' },
  'tiktok@2026-06': { ...AS_TYPED, phone: 'with-plus', source: 'ads.tiktok.com, Customer File audiences' },
  'linkedin@2026-06': { ...AS_TYPED, phone: 'none', source: 'learn.microsoft.com/linkedin, Matched Audiences' },
  'pinterest@2026-06': { ...AS_TYPED, phone: 'none', source: 'developers.pinterest.com, Customer Lists' },
  'amazon@2026-06': {
    ...AS_TYPED,
    plainCharacters: true,
    phone: 'digits',
    source: 'advertising.amazon.com, Hash advertiser data; segmentio/action-destinations amazon-amc',
  },
  // No ad platform: the lists of California's deletion platform are compared with these digests.
  'drop@2026-08': {
    dotlessDomains: [],
    dropTag: false,
    phone: 'last-ten',
    encoding: 'base64',
    hashed: HASHED_KINDS,
    source:
      'privacy.ca.gov, DROP for data brokers, Working with the data; docs.datagrail.io, Hashing algorithm (test vectors)',
  },
} as const satisfies Readonly<Record<string, PlatformRules>>;

export type PlatformProfileName = keyof typeof PLATFORM_PROFILES;
export type PlatformValueKind = 'email' | 'phone' | PlatformPart | HashedKind;

export const PLATFORM_PROFILE_NAMES = Object.keys(PLATFORM_PROFILES) as readonly PlatformProfileName[];

export function isHashedKind(kind: PlatformValueKind): kind is HashedKind {
  return (HASHED_KINDS as readonly string[]).includes(kind);
}

/** A profile as a schema writes it, `meta@2026-06/phone` or `/given-name`; without a kind it is of e-mail addresses. */
export interface PlatformProfile {
  readonly name: PlatformProfileName;
  readonly kind: PlatformValueKind;
}

export function findPlatformProfile(text: string): PlatformProfile | undefined {
  const [name, kind = 'email', ...rest] = text.split('/');
  const known = PLATFORM_PROFILE_NAMES.find((candidate) => candidate === name);
  if (known === undefined || rest.length > 0) return undefined;
  const rules: PlatformRules = PLATFORM_PROFILES[known];
  if (kind === 'email') return { name: known, kind };
  if (kind === 'phone') return rules.phone === 'none' ? undefined : { name: known, kind };
  const hashed = rules.hashed?.find((candidate) => candidate === kind);
  if (hashed !== undefined) return { name: known, kind: hashed };
  const part = PLATFORM_PARTS.find((candidate) => candidate === kind);
  return part === undefined || rules.parts?.[part] === undefined ? undefined : { name: known, kind: part };
}

export function isPlatformProfile(text: string): boolean {
  return findPlatformProfile(text) !== undefined;
}
