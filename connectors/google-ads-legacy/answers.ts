// What the Google Ads API says in a GoogleAdsFailure: of a whole request, or of single operations of it.
import { codeOf, isObject, type JsonObject, listOf, type RpcStatus } from '../google/answers.ts';
import { type DeliveryError, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';

/** Passing although they come with status 400. */
const PASSING: ReadonlySet<string> = new Set([
  'CONCURRENT_MODIFICATION',
  'INTERNAL_ERROR',
  'TRANSIENT_ERROR',
  'DEADLINE_EXCEEDED',
]);

/** The one member of an errorCode, such as {offlineUserDataJobError: 'JOB_ALREADY_STARTED'}. */
const errorCodeOf = ({ errorCode }: JsonObject): string =>
  codeOf(isObject(errorCode) ? Object.values(errorCode)[0] : undefined);

const failuresOf = (details: readonly JsonObject[]): JsonObject[] => details.flatMap(({ errors }) => listOf(errors));

export function adsRefusal({ details, httpStatus, status }: RpcStatus): DeliveryError | undefined {
  const failures = failuresOf(details);
  if (httpStatus === 429 || status === 'RESOURCE_EXHAUSTED') return quotaRefusal(failures);
  const codes = failures.map(errorCodeOf);
  if (codes.length === 0 || httpStatus === 401) return undefined;
  if (codes.every((code) => PASSING.has(code))) {
    return new RetryableError('server_error', `the platform asks to try again (${codes[0]})`);
  }
  const code = codes.find((one) => !PASSING.has(one));
  return new PermanentError('rejected', `the platform refused (${code})`);
}

/** `quotaErrorDetails.retryDelay` is in seconds, `"900s"`; none leaves it to the rules of all. */
function quotaRefusal(failures: readonly JsonObject[]): DeliveryError | undefined {
  for (const { details } of failures) {
    const quota = isObject(details) && isObject(details.quotaErrorDetails) ? details.quotaErrorDetails : {};
    const seconds = /^(\d{1,7})(?:\.\d+)?s$/.exec(String(quota.retryDelay))?.[1];
    if (seconds === undefined) continue;
    const retryAfterMs = (Number(seconds) + 1) * 1_000;
    return new ThrottledError('quota_exceeded', "the developer token's quota is used up", { retryAfterMs });
  }
  return undefined;
}

/** Operations that a call with enablePartialFailure left out, each once, by the platform's code. */
export function refusedOperations(body: JsonObject): Map<number, string> {
  const partial = isObject(body.partialFailureError) ? body.partialFailureError : {};
  const refused = new Map<number, string>();
  for (const failure of failuresOf(listOf(partial.details))) {
    const path = listOf(isObject(failure.location) ? failure.location.fieldPathElements : undefined);
    const operation = path.find(({ fieldName }) => fieldName === 'operations');
    // Protobuf leaves a zero out of its JSON.
    const place = Number(operation?.index ?? 0);
    if (operation === undefined) throw new PermanentError('rejected', `the platform refused (${errorCodeOf(failure)})`);
    if (!refused.has(place)) refused.set(place, errorCodeOf(failure));
  }
  return refused;
}

export interface JobStatus {
  readonly status: string;
  readonly failureReason: string;
}

/** From the rows of GoogleAdsService.Search; a job that is not yet to be found is pending. */
export function jobStatuses(body: JsonObject): ReadonlyMap<string, JobStatus> {
  const rows = listOf(body.results).flatMap(({ offlineUserDataJob: job }) => (isObject(job) ? [job] : []));
  return new Map(
    rows.map((job) => [
      String(job.resourceName),
      { status: codeOf(job.status), failureReason: codeOf(job.failureReason) },
    ]),
  );
}
