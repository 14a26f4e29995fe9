// Canonical JSON (RFC 8785): one value has one text, so that a leaf hash computed anywhere is the same.
import { AuditError } from './audit-error.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** RFC 8785 section 3.2. Throws `json_invalid` for whatever I-JSON (RFC 7493) cannot carry, rather than drop it as JSON.stringify does. */
export function canonicalJson(value: unknown): string {
  return textOf(value, 0);
}

/** Whether `text` is the canonical text of `value`, which was parsed from it. The quick way answers for whatever we wrote ourselves. */
export function isCanonicalText(text: string, value: JsonValue): boolean {
  return (isInOrder(value, 0) && JSON.stringify(value) === text) || canonicalJson(value) === text;
}

/** Names in canonical order and strings that have a text: then JSON.stringify writes what section 3.2 prescribes. */
function isInOrder(value: JsonValue, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (value === null || typeof value !== 'object') return true;
  if (depth > MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isInOrder(item, depth + 1));
  let before: string | undefined;
  for (const [name, member] of Object.entries(value)) {
    if (before !== undefined && before >= name) return false;
    if (!name.isWellFormed() || !isInOrder(member, depth + 1)) return false;
    before = name;
  }
  return true;
}

function textOf(value: unknown, depth: number): string {
  if (depth > MAX_JSON_DEPTH) throw invalid('nested too deeply, or a cycle');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return stringText(value);
  if (Array.isArray(value)) return arrayText(value, depth);
  if (typeof value === 'object' && isPlain(value)) return objectText(value as Record<string, unknown>, depth);
  throw invalid(`a value of type ${typeof value} has no canonical text`);
}

// Section 3.2.2.3 prescribes ECMAScript's own Number::toString; -0 becomes 0 by that rule.
function numberText(value: number): string {
  if (!Number.isFinite(value)) throw invalid('a number that is not finite');
  return String(value);
}

// Section 3.2.2.2: JSON.stringify escapes exactly as prescribed once lone surrogates are refused.
function stringText(value: string): string {
  if (!value.isWellFormed()) throw invalid('a string with a lone surrogate');
  return JSON.stringify(value);
}

function arrayText(value: readonly unknown[], depth: number): string {
  // Array.from visits the holes of a sparse array, which then fail as undefined.
  return `[${Array.from(value, (item) => textOf(item, depth + 1)).join(',')}]`;
}

// Section 3.2.3: names are ordered by UTF-16 code units, which is what sort() without a comparer does.
function objectText(value: Record<string, unknown>, depth: number): string {
  if (Object.getOwnPropertySymbols(value).length > 0) throw invalid('a member named by a symbol');
  const members = Object.keys(value)
    .sort()
    .map((key) => `${stringText(key)}:${textOf(value[key], depth + 1)}`);
  return `{${members.join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function invalid(what: string): AuditError {
  return new AuditError('json_invalid', `not canonical JSON: ${what}`);
}
