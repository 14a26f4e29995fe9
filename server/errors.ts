// The one error class that a client may see, and the one table from its code to an HTTP status.
// `detail` is public and never holds a person's value; `cause` is only logged.

export const ERROR_STATUS = {
  request_invalid: 400,
  cursor_invalid: 400,
  unauthenticated: 401,
  sign_in_refused: 401,
  second_factor_needed: 401,
  forbidden: 403,
  csrf_refused: 403,
  session_needed: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  state_conflict: 409,
  name_taken: 409,
  setup_done: 409,
  idempotency_in_progress: 409,
  upload_gone: 410,
  welcome_link_gone: 410,
  body_too_large: 413,
  media_type_unsupported: 415,
  idempotency_key_reused: 422,
  schema_invalid: 422,
  password_unfit: 422,
  upload_incomplete: 422,
  refused_by_policy: 403,
  too_many_requests: 429,
  internal: 500,
  response_invalid: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorPlace {
  pointer: string;
  message: string;
  hint?: string;
  /** Character offset into a text such as a segment. */
  offset?: number;
}

export interface ShownDecision {
  outcome: 'allow' | 'deny';
  reasons: string[];
  policies: string[];
  policy_set_hash: string;
  event_id: string | null;
}

export interface ErrorOptions {
  detail?: string;
  errors?: readonly ErrorPlace[];
  /** The decision of policies/ behind a refusal, with the audit event that recorded it. */
  decision?: ShownDecision;
  /** When it may be tried again; the header Retry-After. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly ErrorPlace[];
  readonly decision: ShownDecision | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, options.cause ? { cause: options.cause } : undefined);
    this.name = 'ServiceError';
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.decision = options.decision;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The answer for what does not exist and for what belongs to another tenant: the same, so that ids cannot be probed. */
export function notFound(noun: string): ServiceError {
  return new ServiceError('not_found', { detail: `No such ${noun}.` });
}
