// Reads a TC string (IAB Tech Lab, "Consent string and vendor list formats v2"): the core segment, and disclosed vendors where they are
// there. A reader of its own, as the reference library takes a millisecond a string; a test holds it to that library.
import type { TcfFacts, TcfRestriction } from '../../policies/tcf.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SIX = new Int8Array(128).fill(-1);
for (let n = 0; n < 64; n++) SIX[ALPHABET.charCodeAt(n)] = n;
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
/** Of the longest list that sixteen bits can announce, used again for each. */
const CHARACTERS = Buffer.alloc(Math.ceil(0xffff / 6));
/** The segment that is read, six bits a byte; used again for each. */
let sixes = new Uint8Array(1 << 12);

/** Thrown inside alone: a string that ends early, or holds another character, is malformed as a whole. */
class Malformed extends Error {}

/** Undefined for anything that is not a whole TC string of version 2. */
export function decodeTcf(text: string): TcfFacts | undefined {
  try {
    const [core = '', ...segments] = text.split('.');
    const facts = readCore(new Bits(core));
    let disclosedVendors: string | null = null;
    for (const segment of segments) {
      const bits = new Bits(segment);
      const kind = bits.int(3);
      // 0 would be another core; 2 and 3 speak of vendors allowed and of the publisher's own purposes.
      if (kind === 0 || kind > 3 || (kind === 1 && disclosedVendors !== null)) return undefined;
      if (kind === 1) disclosedVendors = readVendors(bits);
    }
    return { ...facts, disclosedVendors };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function readCore(bits: Bits): Omit<TcfFacts, 'disclosedVendors'> {
  if (bits.int(6) !== 2) throw new Malformed();
  const createdMs = bits.int(36) * 100;
  const updatedMs = bits.int(36) * 100;
  // The consent platform, its version and screen, the language, and the version of the vendor list.
  bits.skip(12 + 12 + 6 + 12 + 12);
  const policyVersion = bits.int(6);
  const isServiceSpecific = bits.int(1) === 1;
  // Non-standard texts, and special features.
  bits.skip(1 + 12);
  const consents = bits.places(24);
  const interests = bits.places(24);
  const isPurposeOneExempt = bits.int(1) === 1;
  bits.skip(12);
  const vendorConsents = readVendors(bits);
  const vendorInterests = readVendors(bits);
  const restrictions = readRestrictions(bits);
  return {
    createdMs,
    updatedMs,
    policyVersion,
    isServiceSpecific,
    isPurposeOneExempt,
    consents,
    interests,
    vendorConsents,
    vendorInterests,
    restrictions,
  };
}

function readVendors(bits: Bits): string {
  const greatest = bits.int(16);
  if (bits.int(1) === 0) return bits.text(greatest);
  const vendors = new Uint8Array(Math.ceil(greatest / 6));
  for (const [from, to] of readRanges(bits)) {
    if (to > greatest) throw new Malformed();
    for (let vendor = from; vendor <= to; vendor++) {
      const place = vendor - 1;
      const at = Math.floor(place / 6);
      vendors[at] = (vendors[at] as number) | (1 << (5 - (place % 6)));
    }
  }
  return textOf(vendors);
}

function readRestrictions(bits: Bits): TcfRestriction[] {
  return Array.from({ length: bits.int(12) }, () => ({
    purpose: bits.int(6),
    kind: bits.int(2),
    vendors: readRanges(bits),
  }));
}

function readRanges(bits: Bits): [number, number][] {
  return Array.from({ length: bits.int(12) }, () => {
    const isRange = bits.int(1) === 1;
    const from = bits.int(16);
    const to = isRange ? bits.int(16) : from;
    // Of a restriction, too: a range that names nobody would silently lift it.
    if (from === 0 || to < from) throw new Malformed();
    return [from, to] as [number, number];
  });
}

/** The bits of one segment, six to a character; of the last one that was made. */
class Bits {
  readonly #length: number;
  #at = 0;

  constructor(text: string) {
    if (sixes.length <= text.length) sixes = new Uint8Array(text.length * 2);
    this.#length = text.length * 6;
    let worst = 0;
    for (let n = 0; n < text.length; n++) {
      const six = SIX[text.charCodeAt(n)] ?? -1;
      worst |= six;
      sixes[n] = six;
    }
    sixes[text.length] = 0;
    if (worst < 0) throw new Malformed();
  }

  int(length: number): number {
    let at = this.#at;
    const end = at + length;
    if (end > this.#length) throw new Malformed();
    this.#at = end;
    let value = 0;
    while (at < end) {
      const place = (at / 6) | 0;
      const offset = at - place * 6;
      const taken = Math.min(6 - offset, end - at);
      // 36 bits do not fit a 32-bit shift.
      value = value * (1 << taken) + (((sixes[place] as number) >> (6 - offset - taken)) & ((1 << taken) - 1));
      at += taken;
    }
    return value;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#length) throw new Malformed();
  }

  /** The places from 1 on whose bit is set, of at most thirty. */
  places(length: number): number[] {
    const bits = this.int(length);
    const set: number[] = [];
    for (let place = 1; place <= length; place++) if (((bits >> (length - place)) & 1) === 1) set.push(place);
    return set;
  }

  /** Whole characters at a time: a string has thousands of bits for vendors, and a load a hundred thousand strings. */
  text(length: number): string {
    if (this.#at + length > this.#length) throw new Malformed();
    const count = Math.ceil(length / 6);
    const shift = 6 - (this.#at % 6);
    let from = Math.floor(this.#at / 6);
    let six = 0;
    for (let n = 0; n < count; n++, from++) {
      six = ((((sixes[from] as number) << 6) | (sixes[from + 1] as number)) >> shift) & 63;
      CHARACTERS[n] = CODES[six] as number;
    }
    const beyond = count * 6 - length;
    if (beyond > 0) CHARACTERS[count - 1] = CODES[(six >> beyond) << beyond] as number;
    this.#at += length;
    return CHARACTERS.toString('latin1', 0, count);
  }
}

/** From numbers of six bits to characters. */
function textOf(vendors: Uint8Array): string {
  for (let n = 0; n < vendors.length; n++) CHARACTERS[n] = CODES[vendors[n] as number] as number;
  return CHARACTERS.toString('latin1', 0, vendors.length);
}
