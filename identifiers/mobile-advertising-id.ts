// A mobile advertising id (IDFA, AAID): a lower-case UUID. All zeros means that tracking was refused, so it is no identifier.
import { ClearText } from './clear-text.ts';
import type { Normalised, Trace } from './identifier.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function normaliseMobileAdvertisingId(raw: string, trace?: Trace): Normalised {
  const trimmed = raw.trim();
  trace?.('trimmed', trimmed);
  if (trimmed === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  const lower = trimmed.toLowerCase();
  trace?.('lower case', lower);
  if (!UUID.test(lower)) {
    // 32 digits without hyphens may as well be an MD5 digest: what a value is, is never guessed from its shape.
    return { ok: false, code: 'malformed', hint: 'a mobile advertising id is a UUID of 8-4-4-4-12 hexadecimal digits' };
  }
  if (/^(.)\1*$/.test(lower.replaceAll('-', ''))) {
    return { ok: false, code: 'placeholder', hint: 'one repeated digit: the device or a test sent no id' };
  }
  return { ok: true, value: new ClearText(lower) };
}
