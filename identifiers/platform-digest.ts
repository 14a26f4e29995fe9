// The unsalted SHA-256 that one ad platform expects. It is a pseudonym anyone can look up, so it leaves the partner's machine
// sealed (sealed-id.ts) and is opened only while delivering.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { normaliseEmail } from './email.ts';
import type { NormaliseCode } from './identifier.ts';
import { MAX_POSTAL_PART_CHARACTERS } from './limits.ts';
import { normalisePhone } from './phone.ts';
import type { PlatformPart } from './platform-part.ts';
import {
  type HashedKind,
  isHashedKind,
  PLATFORM_PROFILES,
  type PlatformProfile,
  type PlatformRules,
} from './platform-profile.ts';

export type PlatformDigestResult = { ok: true; digest: string } | { ok: false; code: NormaliseCode; hint: string };

export function platformDigest(
  profile: PlatformProfile,
  raw: string,
  options: { readonly defaultCountry?: string },
): PlatformDigestResult {
  const rules: PlatformRules = PLATFORM_PROFILES[profile.name];
  if (profile.kind === 'email') {
    const judged = normaliseEmail(raw);
    return judged.ok ? { ok: true, digest: encode(platformEmail(rules, raw), rules) } : judged;
  }
  if (isHashedKind(profile.kind)) return hashedValue(profile.kind, raw);
  if (profile.kind !== 'phone') return partDigest(rules, profile.kind, raw);
  if (rules.phone === 'last-ten') return lastTenDigits(rules, raw);
  const digits = phoneDigits(raw, options);
  if (typeof digits !== 'string') return digits;
  return { ok: true, digest: encode(rules.phone === 'with-plus' ? `+${digits}` : digits, rules) };
}

/** SHA-256 in base64, as it stands in the cell. Anything else might be the value itself, and goes no further. */
function hashedValue(kind: HashedKind, raw: string): PlatformDigestResult {
  const value = raw.trim();
  if (value === '') return { ok: false, code: 'empty', hint: 'the cell is empty' };
  if (/^[A-Za-z0-9+/]{43}=$/.test(value)) return { ok: true, digest: value };
  return {
    ok: false,
    code: 'malformed',
    hint: `a ${kind} comes as the base64 of its SHA-256, made by the platform's rules`,
  };
}

/** A part that the platform takes in the clear comes back as it is spelt: it is sealed like the others. */
function partDigest(rules: PlatformRules, part: PlatformPart, raw: string): PlatformDigestResult {
  if (raw.trim() === '') return { ok: false, code: 'empty', hint: 'the cell is empty' };
  const rule = raw.length > MAX_POSTAL_PART_CHARACTERS ? undefined : rules.parts?.[part];
  const spelling = rule?.spell(raw);
  if (spelling === undefined) return { ok: false, code: 'malformed', hint: `the platform takes no such ${part}` };
  return { ok: true, digest: rule?.inClear ? spelling : encode(spelling, rules) };
}

/** The spelling that is digested; the platform's rules and no others, so no Punycode and no rejected placeholder. */
export function platformEmail(rules: PlatformRules, raw: string): string {
  let text = raw.trim().toLowerCase().replace(/\s/g, '');
  if (rules.trimDots) text = text.replace(/^\.+|\.+$/g, '');
  if (rules.plainCharacters) text = text.replace(/[^a-z0-9.@-]/g, '');
  const at = text.lastIndexOf('@');
  if (at < 0 || !rules.dotlessDomains.includes(text.slice(at + 1))) return text;
  let local = text.slice(0, at);
  if (rules.dropTag && local.includes('+')) local = local.slice(0, local.indexOf('+'));
  return local.replaceAll('.', '') + text.slice(at);
}

/** Whatever the country: California compares the last ten digits, or all where there are fewer. */
function lastTenDigits(rules: PlatformRules, raw: string): PlatformDigestResult {
  if (raw.trim() === '') return { ok: false, code: 'empty', hint: 'the cell is empty' };
  const digits = raw.replace(/\D/g, '').slice(-10);
  if (digits === '') return { ok: false, code: 'malformed', hint: 'a telephone number has digits' };
  return { ok: true, digest: encode(digits, rules) };
}

/** Platforms add no calling code; a number that is not possible in the default country is read as one that carries its own. */
function phoneDigits(raw: string, options: { readonly defaultCountry?: string }): string | PlatformDigestResult {
  const judged = normalisePhone(raw, options);
  if (judged.ok) return judged.value.reveal().slice(1);
  if (judged.code === 'empty' || judged.code === 'placeholder' || /[a-z]/i.test(raw)) return judged;
  const digits = raw.replace(/\D/g, '').replace(/^0+/, '');
  return /^\d{8,15}$/.test(digits) && !/^(\d)\1*$/.test(digits) ? digits : judged;
}

function encode(text: string, rules: PlatformRules): string {
  const digest = sha256(utf8ToBytes(text));
  return rules.encoding === 'hex' ? bytesToHex(digest) : btoa(String.fromCharCode(...digest));
}
