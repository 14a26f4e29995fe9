// Names, places and dates as ad platforms want them before they are digested. Each platform spells them in its own way.

export const PLATFORM_PARTS = [
  ...(['given-name', 'family-name', 'first-initial', 'city', 'state', 'postal-code', 'region'] as const),
  ...(['gender', 'birth-year', 'birth-month', 'birth-day'] as const),
] as const;
export type PlatformPart = (typeof PLATFORM_PARTS)[number];

/** How one platform spells a part; undefined when nothing is left or the value is none of that kind. */
export interface PartRule {
  spell(raw: string): string | undefined;
  /** Sent as it is spelt, not digested. */
  readonly inClear?: true;
}
export type PartRules = Readonly<Partial<Record<PlatformPart, PartRule>>>;

const PREFIX = /^(?:mr|mrs|ms|dr)\.(?:\s+|$)/;
const SUFFIX = /(?:,\s*|\s+)(?:jr\.?|sr\.?|2nd|3rd|ii|iii|iv|v|vi|cpa|dc|dds|vm|jd|md|phd)\s*,?$/;

/** developers.google.com/data-manager, Formatting. An address is matched by names as digests, region and postal code in the clear. */
export const GOOGLE_PARTS: PartRules = {
  'given-name': { spell: (raw) => filled(lower(raw).replace(PREFIX, '')) },
  'family-name': { spell: (raw) => filled(withoutSuffixes(lower(raw))) },
  region: { spell: (raw) => matching(raw.trim().toUpperCase(), /^[A-Z]{2}$/), inClear: true },
  'postal-code': { spell: (raw) => filled(raw.trim()), inClear: true },
};

/** developers.facebook.com, Customer File Custom Audiences; facebook-python-business-sdk. */
export const META_PARTS: PartRules = {
  'given-name': { spell: (raw) => filled(withoutPunctuation(lower(raw))) },
  'family-name': { spell: (raw) => filled(withoutPunctuation(lower(raw))) },
  'first-initial': { spell: (raw) => [...withoutPunctuation(lower(raw))][0] },
  city: { spell: (raw) => filled(lettersOf(lower(raw))) },
  state: { spell: (raw) => filled(lettersOf(lower(raw))) },
  // Of a ZIP+4 the part before the hyphen alone.
  'postal-code': { spell: (raw) => filled(lower(raw).split('-')[0]!.replace(/\s/g, '')) },
  region: { spell: (raw) => matching(lower(raw), /^[a-z]{2}$/) },
  gender: { spell: genderOf },
  'birth-year': { spell: (raw) => matching(raw.trim(), /^(?:19|20)\d{2}$/) },
  'birth-month': { spell: (raw) => twoDigits(raw, 12) },
  'birth-day': { spell: (raw) => twoDigits(raw, 31) },
};

const lower = (raw: string): string => raw.normalize('NFC').trim().toLowerCase();

const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

const matching = (text: string, pattern: RegExp): string | undefined => (pattern.test(text) ? text : undefined);

/** "quinn, jr., dds" is quinn; "boardds" stays. */
function withoutSuffixes(name: string): string {
  let text = ` ${name}`;
  for (let shorter = text.replace(SUFFIX, ''); shorter !== text; shorter = text.replace(SUFFIX, '')) text = shorter;
  return text.trim();
}

const withoutPunctuation = (text: string): string => text.replace(/[\p{P}\p{S}]/gu, '').trim();

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{M}]/gu, '');

/** Whatever is neither is nothing: nobody becomes a man for want of a word. */
function genderOf(raw: string): string | undefined {
  const word = lower(raw);
  if (word === 'f' || word === 'female') return 'f';
  return word === 'm' || word === 'male' ? 'm' : undefined;
}

function twoDigits(raw: string, most: number): string | undefined {
  const text = matching(raw.trim(), /^\d{1,2}$/);
  if (text === undefined || Number(text) < 1 || Number(text) > most) return undefined;
  return text.padStart(2, '0');
}
