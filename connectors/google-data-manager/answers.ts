// What the Data Manager API refuses, and what became of a request.
import { codeOf, isObject, type JsonObject, listOf, NO_CODE, type RpcStatus } from '../google/answers.ts';
import type { PollOutcome } from '../kit/define-destination.ts';
import type { DeliveryError } from '../kit/errors.ts';
import { RequestRejected } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';

/** Reasons (google.ads.datamanager.v1.ErrorReason) that lie in a member. All others lie in the request or the account. */
const ROW_REASONS: ReadonlySet<string> = new Set([
  'INVALID_FORMAT',
  'INVALID_HEX_ENCODING',
  'INVALID_BASE64_ENCODING',
  'INVALID_SHA256_FORMAT',
  'INVALID_POSTAL_CODE',
  'INVALID_COUNTRY_CODE',
  'INVALID_AUDIENCE_MEMBER',
  'INVALID_MOBILE_ID_FORMAT',
  'REQUIRED_FIELD_MISSING',
  'TOO_MANY_USER_IDENTIFIERS',
]);

/** Reasons that name a member and lie in the request or the account all the same. */
const REQUEST_REASONS: ReadonlySet<string> = new Set([
  'INVALID_USER_LIST_TYPE',
  'INVALID_DESTINATION',
  'MULTIPLE_DATA_TYPES_NOT_ALLOWED',
  'MULTIPLE_DESTINATIONS_FOR_UNSUPPORTED_ACCOUNT_TYPE',
  'TERMS_AND_CONDITIONS_NOT_SIGNED',
  'TOO_MANY_AUDIENCE_MEMBERS',
  'TOO_MANY_DESTINATIONS',
  'DUPLICATE_DESTINATION_REFERENCE',
  'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
  'PERMISSION_DENIED',
]);

/** A violation that names a member, `audience_members[3].user_data…`, rejects the whole request because of that one. */
export function memberRefusal({ httpStatus, details }: RpcStatus): DeliveryError | undefined {
  if (httpStatus !== 400) return undefined;
  const violations = details.flatMap((detail) => listOf(detail.fieldViolations));
  const rows = new Map<number, string>();
  for (const { field, reason } of violations) {
    const code = codeOf(reason);
    const place = /^audience_?members\[(\d{1,5})\]/i.exec(String(field))?.[1];
    // A reason that nobody has met yet is the member's that it names; there is a bound to how many are believed.
    const isOfRow = ROW_REASONS.has(code) || (place !== undefined && code !== NO_CODE && !REQUEST_REASONS.has(code));
    if (!isOfRow) return undefined;
    if (place !== undefined) rows.set(Number(place), code);
  }
  return violations.length === 0 ? undefined : new RequestRejected({ rowCode: codeOf(violations[0]?.reason), rows });
}

export interface RequestState {
  readonly state: 'running' | 'taken' | 'failed';
  readonly phase: string;
  readonly rejected: Counts;
}

/** One destination a request, so the first status is the only one. */
export function readRequestState(body: JsonObject): RequestState {
  const status = listOf(body.requestStatusPerDestination)[0] ?? {};
  const phase = codeOf(status.requestStatus);
  const counts = listOf(isObject(status.errorInfo) ? status.errorInfo.errorCounts : undefined);
  let rejected: Counts = {};
  for (const { reason, recordCount } of counts) {
    // 64-bit numbers are text in JSON.
    const count = Number(recordCount ?? 0);
    if (Number.isSafeInteger(count)) rejected = addCounts(rejected, { [codeOf(reason)]: count });
  }
  if (phase === 'FAILED') return { state: 'failed', phase, rejected };
  if (phase === 'SUCCESS' || phase === 'PARTIAL_SUCCESS') return { state: 'taken', phase, rejected };
  return { state: 'running', phase, rejected: {} };
}

/** A batch is as far as the slowest of its requests, and failed when one of them did. */
export function jointOutcome(states: readonly RequestState[]): PollOutcome {
  const running = states.find(({ state }) => state === 'running');
  if (running !== undefined) return { state: 'running', phase: running.phase };
  const rejected = states.reduce((sum, state) => addCounts(sum, state.rejected), {} as Counts);
  const failed = states.find(({ state }) => state === 'failed');
  if (failed === undefined) {
    const phase = states.find((one) => one.phase !== 'SUCCESS')?.phase ?? 'SUCCESS';
    return { state: 'taken', phase, rejected };
  }
  const reason = Object.keys(failed.rejected)[0] ?? failed.phase;
  return { state: 'failed', phase: failed.phase, rejected, reason };
}
