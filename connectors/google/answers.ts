// Answers of Google's APIs in JSON. Errors are a google.rpc.Status (AIP-193) whose details each API defines for itself.
import type { EgressAnswer } from '../kit/egress.ts';
import {
  AuthenticationError,
  type DeliveryError,
  errorForStatus,
  PermanentError,
  RetryableError,
  ThrottledError,
} from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { DAILY_QUOTA_PAUSE_MS } from './limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface RpcStatus {
  readonly httpStatus: number;
  /** Of google.rpc.Code, such as INVALID_ARGUMENT. */
  readonly status: string;
  readonly details: readonly JsonObject[];
}

/** The body of a success. `refusalOf` says what a 400 means to this API; undefined leaves it to the rules of all. */
export function readGoogleAnswer(
  answer: EgressAnswer,
  nowMs: number,
  refusalOf: (error: RpcStatus) => DeliveryError | undefined,
): JsonObject {
  const body = bodyOf(answer);
  if (answer.status >= 200 && answer.status < 300) {
    if (body === undefined) throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
    return body;
  }
  const error = isObject(body?.error) ? body.error : {};
  const rpc: RpcStatus = { httpStatus: answer.status, status: codeOf(error.status), details: listOf(error.details) };
  throw refusalOf(rpc) ?? errorOf(rpc, parseRetryAfter(answer.headers['retry-after'], nowMs));
}

function errorOf({ httpStatus, status, details }: RpcStatus, headerMs: number | undefined): DeliveryError {
  if (httpStatus === 401 || status === 'UNAUTHENTICATED') {
    return new AuthenticationError('authentication', 'the platform no longer takes the token');
  }
  const retryAfterMs = headerMs ?? retryDelayMs(details);
  if (httpStatus === 429 || status === 'RESOURCE_EXHAUSTED') {
    if (isDailyQuota(details)) {
      const pauseMs = Math.max(retryAfterMs ?? 0, DAILY_QUOTA_PAUSE_MS);
      return new ThrottledError('quota_exceeded', "the project's daily quota is used up", { retryAfterMs: pauseMs });
    }
    return new ThrottledError('throttled', 'the platform asked for fewer requests', { retryAfterMs });
  }
  if (httpStatus === 400 || httpStatus === 403 || httpStatus === 404) {
    return new PermanentError('rejected', `the platform refused (${reasonOf(details) ?? status})`);
  }
  return errorForStatus(httpStatus, retryAfterMs);
}

/** google.rpc.ErrorInfo. */
function reasonOf(details: readonly JsonObject[]): string | undefined {
  const reason = details.map((detail) => codeOf(detail.reason)).find((code) => code !== NO_CODE);
  return reason;
}

/** google.rpc.RetryInfo: `"9s"` or `"0.5s"`. */
function retryDelayMs(details: readonly JsonObject[]): number | undefined {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(retryDelay)?.[1] : undefined;
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1_000);
  }
  return undefined;
}

/** ErrorInfo of a quota names its limit, such as IngestRequestsPerDayPerProject. */
function isDailyQuota(details: readonly JsonObject[]): boolean {
  return details.some(({ metadata }) => {
    const limit = isObject(metadata) ? metadata.quota_limit : undefined;
    return typeof limit === 'string' && /per_?day/i.test(limit);
  });
}

function bodyOf(answer: EgressAnswer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(answer.body.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const NO_CODE = 'no code';

/** Only what looks like one of the platform's codes is repeated: its texts may quote what was sent. */
export const codeOf = (value: unknown): string =>
  typeof value === 'string' && /^[A-Z][A-Z0-9_]{0,79}$/.test(value) ? value : NO_CODE;
