// Answers of the Data API: 200 may name failed lines one by one. Only the API's own codes are repeated, never its texts.
import type { EgressAnswer } from '../kit/egress.ts';
import { AuthenticationError, errorForStatus, PermanentError, RetryableError } from '../kit/errors.ts';
import { RequestRejected } from '../kit/rejection.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { MAX_FAILED_LINES } from './limits.ts';
import { USER_ID_NAMES } from './user-id.ts';

/** Codes by item, each item once: the number as the platform wrote it, or our own for a line that names none. */
export type FailedItems = ReadonlyMap<string, string>;

/** `rows` items were sent, so no more of them can have failed. */
export function failedItems(answer: EgressAnswer, rows: number, nowMs: number): FailedItems {
  if (answer.status !== 200) throw errorOf(answer, nowMs);
  const { FailedLines: lines = [] } = objectOf(answer);
  if (!Array.isArray(lines)) throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
  const failed = new Map<string, string>();
  for (const [at, line] of (lines as unknown[]).slice(0, MAX_FAILED_LINES).entries()) {
    const { ErrorCode, ItemNumber } = Object(line) as { ErrorCode?: unknown; ItemNumber?: unknown };
    const item = /^\d{1,9}$/.test(String(ItemNumber)) ? String(ItemNumber) : `line ${at}`;
    if (failed.size < rows && !failed.has(item)) failed.set(item, codeOf(ErrorCode));
  }
  return failed;
}

/**
 * By id, the codes of lines that repeat an id which was sent. Whether items are numbered from zero or from one is not said [?], so a
 * number alone names nobody.
 */
export function namedItems(answer: EgressAnswer, sent: ReadonlySet<string>): Map<string, string> {
  const { FailedLines: lines } = objectOf(answer);
  const named = new Map<string, string>();
  for (const line of Array.isArray(lines) ? lines.slice(0, MAX_FAILED_LINES) : []) {
    const said = Object(line) as Readonly<Record<string, unknown>>;
    const id = USER_ID_NAMES.map((name) => said[name]).find((one) => typeof one === 'string' && sent.has(one));
    if (typeof id === 'string' && !named.has(id)) named.set(id, codeOf(said.ErrorCode));
  }
  return named;
}

export function readToken(answer: EgressAnswer, nowMs: number): string {
  if ([400, 401, 403].includes(answer.status)) {
    throw new PermanentError('authentication', 'the platform refused login and password');
  }
  if (answer.status !== 200) throw errorOf(answer, nowMs);
  const { Token } = objectOf(answer);
  if (typeof Token === 'string' && /^[\x21-\x7e]+$/.test(Token)) return Token;
  throw new PermanentError('answer_invalid', 'the platform gave no token');
}

export function errorOf({ status, headers }: EgressAnswer, nowMs: number): Error {
  if (status === 401) return new AuthenticationError('authentication', 'the platform does not take the token');
  // What one request may hold is not published: it is found by halving.
  if (status === 413) return new RequestRejected({ rowCode: 'request_too_large' });
  return errorForStatus(status, parseRetryAfter(headers['retry-after'], nowMs));
}

function objectOf({ body }: EgressAnswer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Told below, like any other answer that is not the platform's own.
  }
  throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
}

const codeOf = (value: unknown): string =>
  typeof value === 'string' && /^[A-Z][A-Za-z0-9]{0,63}$/.test(value) ? value : 'Unknown';
