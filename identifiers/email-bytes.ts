// The short way for e-mail addresses as they stand in a file: plain ASCII, read byte by byte without making a string.
// It answers only where it is sure to say what email.ts says; -1 sends the caller the long way.
import { asciiDomain } from './domain.ts';
import { PLACEHOLDER_LOCAL_PARTS, PLACEHOLDER_WORDS } from './email.ts';
import { MAX_EMAIL_BYTES, MAX_EMAIL_LOCAL_BYTES } from './limits.ts';

const AT = 0x40;
const DOT = 0x2e;
const PLUS = 0x2b;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;
const GMAIL = Uint8Array.from('gmail.com', (character) => character.charCodeAt(0));

/** The lower-case form of the bytes that need no second look: letters, digits, dot, underscore, plus and hyphen; 0 for any other. */
const LOWER = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte++) LOWER[byte] = byte;
for (let byte = 0x61; byte <= 0x7a; byte++) {
  LOWER[byte] = byte;
  LOWER[byte - 32] = byte;
}
for (const byte of [DOT, PLUS, HYPHEN, UNDERSCORE]) LOWER[byte] = byte;

/** Words that may be placeholders, by their hash: whoever meets one goes the long way. */
const SUSPECTS = new Uint8Array(1 << 16);
for (const word of [...PLACEHOLDER_LOCAL_PARTS, ...PLACEHOLDER_WORDS]) {
  let hash = 0;
  for (let n = 0; n < word.length; n++) hash = mixed(hash, word.charCodeAt(n));
  SUSPECTS[hash & 0xffff] = 1;
}

interface KnownDomain {
  readonly bytes: Uint8Array;
  readonly kind: 'plain' | 'gmail' | 'other';
}

/** Domains seen lately, by their hash: a file has a few hundred of them. */
const domains: (KnownDomain | undefined)[] = new Array(1 << 12).fill(undefined);

/** Writes the normalised address from `at` on and answers how many bytes it has; -1 for the long way. `out` has room for 254. */
export function writeEmail(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > MAX_EMAIL_BYTES) return -1;
  let sign = start;
  while (sign < end && bytes[sign] !== AT) sign++;
  const domain = sign < end ? domainOf(bytes, sign + 1, end) : undefined;
  if (domain === undefined || domain.kind === 'other' || sign === start || sign - start > MAX_EMAIL_LOCAL_BYTES) {
    return -1;
  }
  const gmail = domain.kind === 'gmail';
  const local = writeLocal(bytes, { start, end: sign, gmail }, out, at);
  if (local < 1) return -1;
  let to = at + local;
  out[to++] = AT;
  const name = gmail ? GMAIL : domain.bytes;
  for (let n = 0; n < name.length; n++) out[to++] = name[n] as number;
  return to - at;
}

function writeLocal(
  bytes: Uint8Array,
  { start, end, gmail }: { start: number; end: number; gmail: boolean },
  out: Uint8Array,
  at: number,
): number {
  let to = at;
  let hash = 0;
  let tagged = false;
  let before = DOT;
  for (let from = start; from < end; from++) {
    const byte = LOWER[bytes[from] as number] as number;
    if (byte === 0) return -1;
    if (byte === DOT && before === DOT && !gmail) return -1;
    before = byte;
    if (byte === PLUS && !tagged) {
      if (from === start) return -1;
      tagged = true;
    }
    if (gmail && (tagged || byte === DOT)) continue;
    out[to++] = byte;
    if (!tagged && byte !== DOT && byte !== HYPHEN && byte !== UNDERSCORE) hash = mixed(hash, byte);
  }
  if ((before === DOT && !gmail) || SUSPECTS[hash & 0xffff] === 1) return -1;
  return to - at;
}

function domainOf(bytes: Uint8Array, start: number, end: number): KnownDomain | undefined {
  let hash = 0;
  for (let from = start; from < end; from++) {
    const byte = LOWER[bytes[from] as number] as number;
    if (byte === 0) return undefined;
    hash = mixed(hash, byte);
  }
  const place = hash & (domains.length - 1);
  const known = domains[place];
  if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known;
  const judged = judgedDomain(bytes, start, end);
  domains[place] = judged;
  return judged;
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let n = 0; n < known.length; n++) if (known[n] !== LOWER[bytes[start + n] as number]) return false;
  return true;
}

function judgedDomain(bytes: Uint8Array, start: number, end: number): KnownDomain {
  const lower = Uint8Array.from(bytes.subarray(start, end), (byte) => LOWER[byte] as number);
  const text = String.fromCharCode(...lower);
  const ascii = asciiDomain(text);
  if (ascii === 'gmail.com' || ascii === 'googlemail.com') return { bytes: lower, kind: 'gmail' };
  return { bytes: lower, kind: ascii === text && !text.endsWith('.invalid') ? 'plain' : 'other' };
}

function mixed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}
