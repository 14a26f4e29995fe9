// What a store's error means. docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
import { S3ServiceException } from '@aws-sdk/client-s3';
import { DeliveryError, errorForStatus, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';

const SLOW_DOWN: ReadonlySet<string> = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'RequestLimitExceeded',
]);
/** An upload that was ended from elsewhere is begun anew; a clock that went wrong is set right in time. */
const PASSING: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'InternalError',
  'OperationAborted',
  'NoSuchUpload',
  'RequestTimeTooSkewed',
]);
const NO_ACCESS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'AccountProblem',
]);

/** Anything else is a fault of ours and thrown on as it is. */
function storeFault(error: unknown): unknown {
  if (error instanceof DeliveryError || !(error instanceof S3ServiceException)) return error;
  const status = error.$metadata.httpStatusCode ?? 0;
  const retryAfterMs = secondsOf(error.$response?.headers['retry-after']);
  if (SLOW_DOWN.has(error.name))
    return new ThrottledError('throttled', 'the store asks for fewer requests', { retryAfterMs });
  if (PASSING.has(error.name))
    return new RetryableError('server_error', `the store answered ${status}`, { retryAfterMs });
  if (NO_ACCESS.has(error.name) || status === 403 || status === 401)
    return new PermanentError('authentication', 'the store does not let these credentials do this');
  if (status === 404) return new PermanentError('rejected', 'the store has no such bucket or object');
  return errorForStatus(status, retryAfterMs);
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFault(error);
  }
}
