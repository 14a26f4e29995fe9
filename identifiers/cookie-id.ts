// A first-party cookie id: opaque, trimmed, its case kept because cookie values are case-sensitive (RFC 6265).
import { ClearText } from './clear-text.ts';
import type { Normalised, Trace } from './identifier.ts';
import { MAX_OPAQUE_CHARACTERS } from './limits.ts';

const PLACEHOLDERS = new Set(['null', 'undefined', 'none', 'nan', 'n/a', 'na', 'unknown', 'optout', 'opt-out', '-']);

export function normaliseCookieId(raw: string, trace?: Trace): Normalised {
  const trimmed = raw.trim();
  trace?.('trimmed', trimmed);
  if (trimmed === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  if (trimmed.length > MAX_OPAQUE_CHARACTERS) {
    return { ok: false, code: 'too_long', hint: `a cookie id has at most ${MAX_OPAQUE_CHARACTERS} characters` };
  }
  if (/[\s\p{Cc}]/u.test(trimmed)) return { ok: false, code: 'malformed', hint: 'a cookie id has no blanks inside' };
  if (PLACEHOLDERS.has(trimmed.toLowerCase()) || /^[0-]+$/.test(trimmed)) {
    return { ok: false, code: 'placeholder', hint: 'the value stands for a missing cookie id' };
  }
  return { ok: true, value: new ClearText(trimmed) };
}
