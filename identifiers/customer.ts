// A customer-defined key, single or of several columns: trimmed and nothing else, so that any warehouse can make the same.
import { ClearText } from './clear-text.ts';
import type { Normalised, Trace } from './identifier.ts';
import { MAX_OPAQUE_CHARACTERS } from './limits.ts';

export function normaliseCustomer(raw: string, trace?: Trace): Normalised {
  const trimmed = raw.trim();
  trace?.('trimmed', trimmed);
  if (trimmed === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  if (trimmed.length > MAX_OPAQUE_CHARACTERS) {
    return { ok: false, code: 'too_long', hint: `a key has at most ${MAX_OPAQUE_CHARACTERS} characters` };
  }
  return { ok: true, value: new ClearText(trimmed) };
}

/** The key of several columns: each part trimmed, joined with `|` in the order of the columns. A blank part makes no key. */
export function normaliseCustomerParts(parts: readonly string[], trace?: Trace): Normalised {
  const trimmed = parts.map((part) => part.trim());
  if (trimmed.every((part) => part === '')) return { ok: false, code: 'empty', hint: 'every part is empty' };
  if (trimmed.includes('')) return { ok: false, code: 'part_missing', hint: 'a key with a blank part is no key' };
  if (trimmed.some((part) => part.includes('|'))) {
    return { ok: false, code: 'malformed', hint: 'a part may not contain "|", which separates the parts' };
  }
  return normaliseCustomer(trimmed.join('|'), trace);
}
