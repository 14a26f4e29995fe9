// E-mail addresses: trimmed, lower-cased, domain in ASCII; for Gmail the mailbox (no dots, no +tag, domain gmail.com).
// Malformed addresses and placeholders are no identifiers.
import { ClearText } from './clear-text.ts';
import { asciiDomain } from './domain.ts';
import type { Normalised, Trace } from './identifier.ts';
import { MAX_EMAIL_BYTES, MAX_EMAIL_LOCAL_BYTES } from './limits.ts';

/** RFC 5322 section 3.2.3 atext, and letters beyond ASCII as RFC 6531 allows. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~.\-\u{a1}-\u{10ffff}]+$/u;
/** Nearly all: what needs no second look. */
const PLAIN_LOCAL_PART = /^[a-z0-9._+-]+$/;
const INVISIBLE = /[\p{C}\p{Z}]/u;

/** Local parts that no person reads, compared without separators. */
export const PLACEHOLDER_LOCAL_PARTS = new Set(
  (
    'noreply donotreply dontreply nereply nepasrepondre noresponder nichtantworten mailerdaemon noemail nomail ' +
    'noemailaddress pasdemail pasdemel sansemail sansmail keineemail keinemail sinemail nobody none null undefined ' +
    'unknown inconnu notprovided notavailable invalid dummy placeholder'
  ).split(' '),
);

/** Addresses such as test@test.com: a word typed on both sides to get past a form. */
export const PLACEHOLDER_WORDS = new Set(
  'test tests testing none no na nil null a aa aaa aaaa abc abcd asd asdf b x xx xxx xxxx email mail fake example exemple user foo bar qwerty unknown noemail nomail spam'.split(
    ' ',
  ),
);

export function normaliseEmail(raw: string, trace?: Trace): Normalised {
  const trimmed = raw.trim();
  trace?.('trimmed', trimmed);
  if (trimmed === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  if (trimmed.length > MAX_EMAIL_BYTES * 2) return tooLong();
  const lower = trimmed.toLowerCase();
  trace?.('lower case', lower);
  const at = lower.lastIndexOf('@');
  if (at < 1 || lower.indexOf('@') !== at) return malformed('an address has one "@" with something on both sides');
  const domain = asciiDomain(lower.slice(at + 1));
  if (domain === undefined) return malformed('the domain is not a full domain name');
  trace?.('domain in ASCII', `${lower.slice(0, at)}@${domain}`);
  const typed = lower.slice(0, at);
  const plain = PLAIN_LOCAL_PART.test(typed);
  const composed = plain ? typed : typed.normalize('NFC');
  if (!plain && (!LOCAL_PART.test(composed) || INVISIBLE.test(composed)))
    return malformed('the part before "@" has a character that no mailbox has');
  const gmail = domain === 'gmail.com' || domain === 'googlemail.com';
  if (!gmail && /^\.|\.\.|\.$/.test(composed)) return malformed('a dot leads, trails or is doubled before the "@"');
  const local = gmail ? gmailMailbox(composed) : composed;
  if (gmail) trace?.('Gmail mailbox: no dots, no +tag, domain gmail.com', `${local}@gmail.com`);
  return judge(local, gmail ? 'gmail.com' : domain);
}

function judge(local: string, domain: string): Normalised {
  if (local === '') return malformed('nothing is left before the "@"');
  const bytes = byteLength(local);
  if (bytes > MAX_EMAIL_LOCAL_BYTES || bytes + 1 + domain.length > MAX_EMAIL_BYTES) return tooLong();
  if (isPlaceholder(local, domain)) {
    return {
      ok: false,
      code: 'placeholder',
      hint: 'an address that stands for a missing one, or that no person reads',
    };
  }
  return { ok: true, value: new ClearText(`${local}@${domain}`) };
}

/** Dots carry no meaning in a Gmail address and what follows "+" is a tag of the reader's own. */
function gmailMailbox(local: string): string {
  const plus = local.indexOf('+');
  return (plus < 0 ? local : local.slice(0, plus)).replaceAll('.', '');
}

function isPlaceholder(local: string, domain: string): boolean {
  const plus = local.indexOf('+');
  const word = (plus < 1 ? local : local.slice(0, plus)).replace(/[._-]/g, '');
  if (PLACEHOLDER_LOCAL_PARTS.has(word)) return true;
  if (domain.endsWith('.invalid')) return true; // RFC 2606 section 2: never a real domain
  return PLACEHOLDER_WORDS.has(word) && domain.slice(0, domain.indexOf('.')) === word;
}

function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

function malformed(hint: string): Normalised {
  return { ok: false, code: 'malformed', hint };
}

function tooLong(): Normalised {
  return { ok: false, code: 'too_long', hint: `an address has at most ${MAX_EMAIL_BYTES} bytes, 64 before the "@"` };
}
