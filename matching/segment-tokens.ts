// Cuts the text form of a segment into tokens; every token knows its spot, so that every error can point at one.

import { isIsoDate, SegmentError, type SegmentIssue, type SegmentIssueCode, type SegmentScalar } from './segment.ts';
import { SEGMENT_LIMITS } from './segment-limits.ts';

export type Keyword = 'AND' | 'OR' | 'EXCEPT' | 'IN' | 'IS' | 'KNOWN' | 'TRUE' | 'FALSE' | 'NOT';
export const KEYWORDS: readonly Keyword[] = ['AND', 'OR', 'EXCEPT', 'IN', 'IS', 'KNOWN', 'TRUE', 'FALSE', 'NOT'];

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type Token = Span &
  (
    | { readonly kind: 'word'; readonly text: string; readonly keyword: Keyword | undefined }
    | { readonly kind: 'symbol'; readonly text: string }
    | { readonly kind: 'literal'; readonly form: 'string' | 'number' | 'date'; readonly value: SegmentScalar }
    | { readonly kind: 'end' }
  );

/** An alias or attribute that may stand without quotes. */
export const BARE_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u;

const BLANK = /\s+/uy;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_-]*/uy;
const DATE = /\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_-])/uy;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?(?![\p{L}\p{N}_.-])/uy;
const NUMBER_LIKE = /-?[\p{L}\p{N}_.+-]+/uy;
const SYMBOL = /<=|>=|!=|[<>=(),.]/uy;
const STRING = /"(?:[^"\\]|\\.)*"/suy;

/** All tokens with a final `end`; throws SegmentError at the first character that begins none. */
export function segmentTokens(text: string): Token[] {
  if (text.length > SEGMENT_LIMITS.maxTextLength) {
    throw errorAt(
      text,
      { offset: SEGMENT_LIMITS.maxTextLength, length: 1 },
      {
        code: 'segment_limit',
        message: `a segment has at most ${SEGMENT_LIMITS.maxTextLength} characters`,
        hint: 'split the rule into several segments',
      },
    );
  }
  const tokens: Token[] = [];
  let offset = skipBlank(text, 0);
  while (offset < text.length) {
    const token = tokenAt(text, offset);
    tokens.push(token);
    offset = skipBlank(text, offset + token.length);
  }
  tokens.push({ kind: 'end', offset: text.length, length: 0 });
  return tokens;
}

/** The error that points at a spot of the text, with line and column counted from 1. */
export function errorAt(
  text: string,
  span: Span,
  told: { code?: SegmentIssueCode; message: string; hint: string; pointer?: string },
): SegmentError {
  return new SegmentError([issueAt(text, span, told)]);
}

export function issueAt(
  text: string,
  span: Span,
  told: { code?: SegmentIssueCode; message: string; hint: string; pointer?: string },
): SegmentIssue {
  const before = text.slice(0, span.offset).split('\n');
  const place = { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
  return { code: 'segment_syntax', ...told, offset: span.offset, length: span.length, ...place };
}

/** The line of the text with a mark under the spot, for a terminal or an error page in a fixed-width face. */
export function showSpot(text: string, issue: SegmentIssue): string {
  if (issue.offset === undefined || issue.line === undefined || issue.column === undefined) return '';
  const line = text.split('\n')[issue.line - 1] ?? '';
  const room = [...line].length - issue.column + 1;
  const mark = '^'.repeat(Math.max(1, Math.min(issue.length ?? 1, room)));
  return `${line}\n${' '.repeat(issue.column - 1)}${mark}`;
}

function skipBlank(text: string, offset: number): number {
  return offset + matchAt(BLANK, text, offset).length;
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}

function tokenAt(text: string, offset: number): Token {
  const first = text.charAt(offset);
  if (first === '"') return stringAt(text, offset);
  if (/[\d-]/.test(first)) return numberOrDateAt(text, offset);
  const word = matchAt(WORD, text, offset);
  if (word !== '') {
    const keyword = KEYWORDS.find((candidate) => candidate === word.toUpperCase());
    return { kind: 'word', text: word, keyword, offset, length: word.length };
  }
  const symbol = matchAt(SYMBOL, text, offset);
  if (symbol !== '') return { kind: 'symbol', text: symbol, offset, length: symbol.length };
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const hint =
    first === "'" ? 'text values stand in double quotes: "hiking"' : 'write alias.attribute, an operator and a value';
  throw errorAt(text, { offset, length: character.length }, { message: `unexpected character ${character}`, hint });
}

function stringAt(text: string, offset: number): Token {
  const raw = matchAt(STRING, text, offset);
  if (raw === '') {
    const span = { offset, length: text.length - offset };
    throw errorAt(text, span, { message: 'a quoted value is not closed', hint: 'end it with a double quote' });
  }
  const span = { offset, length: raw.length };
  return { kind: 'literal', form: 'string', value: unquote(text, raw, span), ...span };
}

/** Quoted values have the escapes of JSON (RFC 8259, section 7). */
function unquote(text: string, raw: string, span: Span): string {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value === 'string' && value.isWellFormed()) return value;
  } catch {
    // Told below, with the spot.
  }
  throw errorAt(text, span, {
    message: 'a quoted value has an escape or control character that is not allowed',
    hint: 'the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u0000',
  });
}

function numberOrDateAt(text: string, offset: number): Token {
  const date = matchAt(DATE, text, offset);
  if (date !== '') {
    const span = { offset, length: date.length };
    if (isIsoDate(date)) return { kind: 'literal', form: 'date', value: date, ...span };
    throw errorAt(text, span, { message: `${date} is not a day`, hint: 'dates are YYYY-MM-DD, from 1900 to 2299' });
  }
  const number = matchAt(NUMBER, text, offset);
  const value = Number(number);
  if (number !== '' && Number.isFinite(value)) {
    return { kind: 'literal', form: 'number', value: value === 0 ? 0 : value, offset, length: number.length };
  }
  throw errorAt(
    text,
    { offset, length: matchAt(NUMBER_LIKE, text, offset).length || 1 },
    {
      message: 'not a number and not a date',
      hint: 'numbers are like 12 or -3.5, dates like 2025-01-31, names that begin with a digit stand in double quotes',
    },
  );
}
