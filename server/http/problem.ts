// The one writer of RFC 9457 problems. Only a ServiceError's public fields reach the caller; the rest is logged.
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Problem } from '../../openapi/generated/api.ts';
import { type ErrorCode, type ErrorPlace, ServiceError } from '../errors.ts';
import { requestIdOf } from './request-context.ts';

const TITLES: Record<ErrorCode, string> = {
  request_invalid: 'The request does not fit the contract',
  cursor_invalid: 'The cursor is not one of ours',
  unauthenticated: 'Sign in, or send an API key',
  sign_in_refused: 'The name, the password or the code is wrong',
  second_factor_needed: 'A code of the second factor is needed',
  forbidden: 'Not permitted',
  csrf_refused: 'The request does not come from a page of this service',
  session_needed: 'Sign in to the console for this',
  refused_by_policy: 'Refused by policy',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  conflict: 'In conflict with what is stored',
  state_conflict: 'Not possible in this state',
  name_taken: 'The name is taken',
  setup_done: 'The service is set up already',
  idempotency_in_progress: 'The first request with this key is still under way',
  idempotency_key_reused: 'The key was used for another request',
  upload_gone: 'The upload is gone',
  welcome_link_gone: 'The link was used, replaced or is too old',
  body_too_large: 'The body is too large',
  media_type_unsupported: 'The media type is not supported',
  password_unfit: 'Another password is needed',
  schema_invalid: 'The dataset schema is not valid',
  upload_incomplete: 'The upload is not complete',
  too_many_requests: 'Too many requests',
  internal: 'Something failed on our side',
  response_invalid: 'Something failed on our side',
  unavailable: 'Not available now',
};

export function problemOf(error: ServiceError, requestId: string): Problem {
  const problem: Problem = {
    type: `urn:ecluse:problem:${error.code}`,
    title: TITLES[error.code],
    status: error.status,
    code: error.code,
    request_id: requestId,
  };
  if (error.detail !== undefined) problem.detail = error.detail;
  if (error.errors.length > 0) problem.errors = error.errors.map((place) => ({ ...place }));
  if (error.decision !== undefined) problem.decision = error.decision;
  return problem;
}

export function problemWriter(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = serviceErrorOf(thrown);
    const requestId = requestIdOf(request);
    if (error.status >= 500) log.error({ requestId, code: error.code, err: safeCause(thrown) }, 'request failed');
    if (response.headersSent) return next(thrown);
    sendProblem(request, response, error);
  };
}

export function sendProblem(request: Request, response: Response, error: ServiceError): void {
  const body = JSON.stringify(problemOf(error, requestIdOf(request)));
  if (error.code === 'unauthenticated') response.set('WWW-Authenticate', 'Bearer');
  if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
  // `end` rather than `json`: the validator of answers guards `json`, and a problem must get through even when it is at fault.
  response.status(error.status).type('application/problem+json').end(body);
}

interface ForeignError {
  status?: unknown;
  statusCode?: unknown;
  type?: unknown;
  path?: string;
  errors?: { path: string; message: string; errorCode?: string }[];
}

/** Whatever was thrown, as an error that may be shown. */
export function serviceErrorOf(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const foreign = (thrown ?? {}) as ForeignError;
  const status = Number(foreign.status ?? foreign.statusCode);
  const places = (foreign.errors ?? []).map(placeOf);
  if (foreign.type === 'entity.parse.failed') {
    return new ServiceError('request_invalid', { detail: 'The body is not JSON.', cause: thrown });
  }
  if (status === 413) return new ServiceError('body_too_large', { cause: thrown });
  if (status === 415) return new ServiceError('media_type_unsupported', { cause: thrown });
  if (status === 404) return new ServiceError('not_found', { cause: thrown });
  if (status === 405) return new ServiceError('method_not_allowed', { cause: thrown });
  if (status >= 400 && status < 500) return new ServiceError('request_invalid', { errors: places, cause: thrown });
  if (foreign.errors !== undefined) return new ServiceError('response_invalid', { cause: thrown });
  return new ServiceError('internal', { cause: thrown });
}

function placeOf(error: { path: string; message: string }): ErrorPlace {
  return {
    pointer: error.path.replace(/^\/(body)(?=\/|$)/, '').replace(/^\/(query|params|headers)\//, '') || '/',
    message: error.message,
  };
}

// Messages of the database driver may quote bound values, so only the class, the code and the stack of our own code are kept.
function safeCause(thrown: unknown): object {
  const cause = thrown instanceof ServiceError && thrown.cause !== undefined ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return { name: typeof cause };
  const { code, errors } = cause as { code?: string; errors?: { path: string; message: string }[] };
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: cause.name,
    code,
    stack: frames.slice(0, 12).join('\n'),
    places: errors?.map((e) => `${e.path} ${e.message}`),
  };
}
