// What went wrong on the way to a platform. The class of an error is its retry policy: retry.ts looks at nothing else.

export type DeliveryErrorCode =
  | 'address_refused'
  | 'answer_invalid'
  | 'answer_too_large'
  | 'authentication'
  | 'changes_differ'
  | 'endpoint_gone'
  | 'folder_refused'
  | 'host_refused'
  | 'id_not_accepted'
  | 'job_failed'
  | 'job_overdue'
  | 'network'
  | 'quota_exceeded'
  | 'redirect_refused'
  | 'rejected'
  | 'server_error'
  | 'storage'
  | 'throttled'
  | 'timeout'
  | 'unreleased';

/** `message` is public: it never holds a credential, an activation id or a platform's free text. */
export abstract class DeliveryError extends Error {
  readonly code: DeliveryErrorCode;
  constructor(code: DeliveryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Again, after a backoff or after what the platform asked for. */
export class RetryableError extends DeliveryError {
  readonly retryAfterMs: number | undefined;
  constructor(
    code: DeliveryErrorCode,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Again, but slower: the platform asked for it. */
export class ThrottledError extends RetryableError {}

/** Once more with a new token; a second time it is permanent. */
export class AuthenticationError extends DeliveryError {}

/** Never again: the same request would meet the same answer. */
export class PermanentError extends DeliveryError {}

/** One row is left out and counted under `rowCode`; its batch goes on. */
export class RowError extends DeliveryError {
  readonly rowCode: string;
  constructor(rowCode: string) {
    super('id_not_accepted', `a row was left out: ${rowCode}`);
    this.rowCode = rowCode;
  }
}

/** The delivery stops here and resumes from its progress after `retryAfterMs`. Not a failure: the job is leased again later. */
export class DeliveryPostponed extends DeliveryError {
  readonly retryAfterMs: number;
  constructor(reason: RetryableError, retryAfterMs: number) {
    super(reason.code, `postponed: ${reason.message}`, { cause: reason });
    this.retryAfterMs = retryAfterMs;
  }
}

/** RFC 9110 statuses that pass by themselves; every other 4xx is permanent, so that a bad request is never sent for ever. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 423, 425]);

export function errorForStatus(status: number, retryAfterMs: number | undefined): DeliveryError {
  const said = `the platform answered ${status}`;
  if (status === 429) return new ThrottledError('throttled', said, { retryAfterMs });
  if (PASSING_STATUSES.has(status)) return new RetryableError('timeout', said, { retryAfterMs });
  if (status === 401) return new AuthenticationError('authentication', said);
  if (status >= 300 && status < 400)
    return new PermanentError('redirect_refused', `${said}: redirects are not followed`);
  if (status === 410) return new PermanentError('endpoint_gone', said);
  if (status === 503) return new ThrottledError('throttled', said, { retryAfterMs });
  if (status >= 500 && status !== 501) return new RetryableError('server_error', said, { retryAfterMs });
  return new PermanentError('rejected', said);
}
