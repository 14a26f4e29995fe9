// What the Graph API answers: errors by their numbers, and partial successes in a 200.
import type { EgressAnswer } from '../kit/egress.ts';
import { AuthenticationError, errorForStatus, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import type { JsonObject } from './payload.ts';

/** From the platform's table of errors. All numbers not named here are final. */
const PASSING: ReadonlySet<unknown> = new Set([1, 2, 341, 368, 5000, 21009]);
const THROTTLED: ReadonlySet<unknown> = new Set([4, 17, 80003]);
const TOKEN: ReadonlySet<unknown> = new Set([102, 190]);
const UPLOAD_BLOCKED = 1713230;

export function readMetaAnswer(answer: EgressAnswer, nowMs: number): JsonObject {
  const body = bodyOf(answer.body);
  const error = isObject(body?.error) ? body.error : undefined;
  if (error === undefined) {
    if (answer.status < 200 || answer.status >= 300) throw errorForStatus(answer.status, waitMs(answer, nowMs));
    if (body === undefined) throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
    return body;
  }
  const said = `error ${numberOf(error.code)}, ${numberOf(error.error_subcode)}`;
  const retryAfterMs = waitMs(answer, nowMs);
  if (THROTTLED.has(error.code) || answer.status === 429) {
    throw new ThrottledError('throttled', `the platform asked for fewer calls (${said})`, { retryAfterMs });
  }
  if (TOKEN.has(error.code))
    throw new AuthenticationError('authentication', `the platform refused the token (${said})`);
  if (error.error_subcode === UPLOAD_BLOCKED) {
    throw new PermanentError('rejected', `the platform blocks uploads to this audience (${said})`);
  }
  if (PASSING.has(error.code) || error.is_transient === true || answer.status >= 500) {
    throw new RetryableError('server_error', `the platform has a fault (${said})`, { retryAfterMs });
  }
  throw new PermanentError('rejected', `the platform refused (${said})`);
}

const MINUTE_MS = 60_000;

/** The usage headers give minutes until calls are taken again, by account; the longest counts. */
function waitMs({ headers }: EgressAnswer, nowMs: number): number | undefined {
  const usage = bodyOf(Buffer.from(headers['x-business-use-case-usage'] ?? '')) ?? {};
  const minutes = Object.values(usage)
    .flatMap((uses) => (Array.isArray(uses) ? uses.filter(isObject) : []))
    .map((use) => Number(use.estimated_time_to_regain_access ?? 0));
  const longest = Math.max(0, ...minutes.filter(Number.isFinite));
  return longest > 0 ? longest * MINUTE_MS : parseRetryAfter(headers['retry-after'], nowMs);
}

/** Reasons known so far; another is counted without its text, which might quote the row. */
const REASONS: Readonly<Record<string, string>> = { 'empty external id': 'empty_external_id' };
const OTHER = 'invalid_entry';

/** `invalid_entry_samples` are samples by row: what goes beyond them is counted too. */
export function invalidEntries(body: JsonObject): Counts {
  const total = Number(body.num_invalid_entries ?? 0);
  const samples = isObject(body.invalid_entry_samples) ? Object.values(body.invalid_entry_samples) : [];
  if (!Number.isSafeInteger(total) || total <= 0) return {};
  let counts: Counts = {};
  let left = total;
  for (const reason of samples.slice(0, total)) {
    counts = addCounts(counts, { [REASONS[String(reason).toLowerCase()] ?? OTHER]: 1 });
    left--;
  }
  return addCounts(counts, { [OTHER]: left });
}

function bodyOf(body: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): string => (Number.isSafeInteger(value) ? String(value) : 'none');
