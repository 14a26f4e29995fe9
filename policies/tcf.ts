// What a TC string (IAB Europe TCF 2.2 and 2.3) says of one transfer. Evaluated at the instant of the release from facts that were
// decoded once: purposes, the destination's vendor, disclosure, publisher restrictions, and the term after which users are asked anew.
import type { ConsentClass, ConsentGrant, Transfer } from './consent.ts';
import { instantMs } from './instant.ts';
import { TCF_PURPOSES } from './purposes.ts';

/** Decoded from the string, with no judgement. Vendors are bits, six to a character of base64url, vendor 1 first. */
export interface TcfFacts {
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly policyVersion: number;
  readonly isServiceSpecific: boolean;
  /** The publisher's country does not ask for purpose 1, so that nobody was asked for it. */
  readonly isPurposeOneExempt: boolean;
  readonly consents: readonly number[];
  readonly interests: readonly number[];
  readonly vendorConsents: string;
  readonly vendorInterests: string;
  /** Null where the string has no segment of disclosed vendors. */
  readonly disclosedVendors: string | null;
  readonly restrictions: readonly TcfRestriction[];
}

/** `kind`: 0 the purpose is not allowed, 1 by consent alone, 2 by legitimate interest alone; 3 means nothing yet. Ranges are inclusive. */
export interface TcfRestriction {
  readonly purpose: number;
  readonly kind: number;
  readonly vendors: readonly (readonly [number, number])[];
}

/** TCF 2.2 has policy version 4, 2.3 has 5. Older strings had other purposes, and newer ones nobody here has read. */
const POLICY_VERSIONS: readonly number[] = [4, 5];

/** Strings of a later day than 28 February 2026 must say which vendors were disclosed. */
const DISCLOSURE_REQUIRED_FROM_MS = Date.UTC(2026, 2, 1);

/** Users are asked again at least every thirteen months (TCF Policies, "recall of the user's choices"). */
const TERM_MONTHS = 13;

/** A string is of a day, not of an instant, and clocks of consent platforms differ. */
const CLOCK_SKEW_MS = 86_400_000;

/** Purpose 1 is never by legitimate interest; 3 to 6 are not since TCF 2.2. */
const CONSENT_ALONE: readonly number[] = [1, 3, 4, 5, 6];

/** `vendors` are the destination's ids in the Global Vendor List; with none, no string can name it. */
export function tcfClass(facts: TcfFacts, transfer: Transfer, vendors: readonly number[]): ConsentClass {
  const isReadable = isTcfReadable(facts, instantMs(transfer.instant) ?? Number.NaN);
  const expiresAt = termOf(facts);
  const grants = Object.entries(TCF_PURPOSES).flatMap(([purpose, needed]): ConsentGrant[] => {
    const asked = needed.filter((each) => !(each === 1 && facts.isPurposeOneExempt));
    if (needed.length === 0 || !asked.every((each) => isAgreed(facts, each))) return [];
    const named = vendors.length > 0 && vendors.every((vendor) => isVendorNamed(facts, vendor, asked));
    return [{ purpose, destinations: named ? [transfer.destinationKind] : [], ...(named ? { expiresAt } : {}) }];
  });
  return { id: 0, source: 'tcf', grants, isReadable };
}

/** A malformed string: on record, and unreadable. */
export function unreadableClass(source: ConsentClass['source']): ConsentClass {
  return { id: 0, source, grants: [], isReadable: false };
}

function isTcfReadable(facts: TcfFacts, nowMs: number): boolean {
  const latestMs = Math.max(facts.createdMs, facts.updatedMs);
  const isDisclosing = facts.disclosedVendors !== null || latestMs < DISCLOSURE_REQUIRED_FROM_MS;
  return (
    POLICY_VERSIONS.includes(facts.policyVersion) &&
    facts.isServiceSpecific &&
    isDisclosing &&
    latestMs <= nowMs + CLOCK_SKEW_MS
  );
}

function termOf({ updatedMs }: TcfFacts): string {
  const end = new Date(updatedMs);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + TERM_MONTHS);
  // Of the 31st in a shorter month, the month's last day: the term is not prolonged into the next.
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return end.toISOString();
}

function isAgreed({ consents, interests }: TcfFacts, purpose: number): boolean {
  return consents.includes(purpose) || (!CONSENT_ALONE.includes(purpose) && interests.includes(purpose));
}

function isVendorNamed(facts: TcfFacts, vendor: number, purposes: readonly number[]): boolean {
  if (facts.disclosedVendors !== null && !hasVendor(facts.disclosedVendors, vendor)) return false;
  return purposes.every((purpose) => {
    const kinds = restrictionsOn(facts, purpose, vendor);
    // What a publisher restricted in a way that nobody here knows is not allowed.
    if (kinds.includes(0) || kinds.includes(3)) return false;
    const byConsent = facts.consents.includes(purpose) && hasVendor(facts.vendorConsents, vendor);
    const byInterest = facts.interests.includes(purpose) && hasVendor(facts.vendorInterests, vendor);
    if (byConsent && !kinds.includes(2)) return true;
    return byInterest && !CONSENT_ALONE.includes(purpose) && !kinds.includes(1);
  });
}

function restrictionsOn({ restrictions }: TcfFacts, purpose: number, vendor: number): number[] {
  const isOn = ([from, to]: readonly [number, number]) => from <= vendor && vendor <= to;
  return restrictions.filter((one) => one.purpose === purpose && one.vendors.some(isOn)).map(({ kind }) => kind);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function hasVendor(bits: string, vendor: number): boolean {
  const place = vendor - 1;
  const six = ALPHABET.indexOf(bits.charAt(Math.floor(place / 6)) || 'A');
  return ((six >> (5 - (place % 6))) & 1) === 1;
}
