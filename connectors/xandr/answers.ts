// What the platform answers: JSON whose errors often come with status 200. Each becomes the error class that says what to do.
import type { EgressAnswer } from '../kit/egress.ts';
import { AuthenticationError, errorForStatus, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { QUOTA_PAUSE_MS } from './limits.ts';

export type PlatformAnswer = Readonly<Record<string, unknown>>;

const EXPIRED_TOKEN: ReadonlySet<unknown> = new Set(['NOAUTH', 'NOAUTH_EXPIRED']);

/** The `response` object of an answer that says OK; throws the DeliveryError that the answer means. */
export function readAnswer(answer: EgressAnswer, nowMs: number): PlatformAnswer {
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], nowMs);
  const response = responseOf(answer.body);
  const said = response ?? {};
  // The platform's error texts may quote what was sent: only its closed codes are repeated.
  if (answer.status === 429 || said.error_code === 'RATE_EXCEEDED') {
    throw new ThrottledError('throttled', 'the platform asked for fewer requests', { retryAfterMs });
  }
  if (said.error_code === 'RATE_LIMIT_EXCEEDED') {
    throw new ThrottledError('quota_exceeded', "the member's upload quota is used up", {
      retryAfterMs: QUOTA_PAUSE_MS,
    });
  }
  if (said.error_code === 'FILESIZE_LIMIT_EXCEEDED') {
    throw new PermanentError('rejected', 'the file is larger than the member may upload (FILESIZE_LIMIT_EXCEEDED)');
  }
  if (EXPIRED_TOKEN.has(said.error_id))
    throw new AuthenticationError('authentication', 'the platform no longer takes the token');
  if (said.error_id === 'SYSTEM')
    throw new RetryableError('server_error', 'the platform has a fault (SYSTEM)', { retryAfterMs });
  if (said.error_id !== undefined)
    throw new PermanentError('rejected', `the platform refused (${codeOf(said.error_id)})`);
  if (answer.status < 200 || answer.status >= 300) throw errorForStatus(answer.status, retryAfterMs);
  if (response === undefined) throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
  if (response.status !== undefined && response.status !== 'OK') {
    throw new PermanentError('rejected', `the platform refused (${codeOf(response.error_code)})`);
  }
  return response;
}

/** Members of the Impbus API get an array of one where others get the object. */
export function uploadJobOf(response: PlatformAnswer): PlatformAnswer {
  const given = response.batch_segment_upload_job;
  const job: unknown = Array.isArray(given) ? given[0] : given;
  if (!isObject(job) || typeof job.job_id !== 'string') {
    throw new RetryableError('answer_invalid', 'the platform answered without an upload job');
  }
  return job;
}

const COUNTERS = [
  'num_invalid_format',
  'num_invalid_user',
  'num_invalid_segment',
  'num_invalid_timestamp',
  'num_unauth_segment',
  'num_past_expiration',
  'num_inactive_segment',
  'num_other_error',
] as const;

/** The platform's counters of what it did not take, under its own names; numbers may come as text. */
export function rejectedRows(job: PlatformAnswer): Record<string, number> {
  const rejected: Record<string, number> = {};
  for (const counter of COUNTERS) {
    const count = Number(job[counter] ?? 0);
    if (Number.isSafeInteger(count) && count > 0) rejected[counter] = count;
  }
  return rejected;
}

function responseOf(body: Buffer): PlatformAnswer | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) && isObject(parsed.response) ? parsed.response : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only what looks like one of the platform's codes is repeated. */
const codeOf = (value: unknown): string =>
  typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value) ? value : 'no code';
