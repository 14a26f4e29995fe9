// A change of consent as it was asked for, checked as a whole: what is missing or makes no sense is told at its place.
import { findDestination, listDestinations } from '../../connectors/registry.ts';
import type { ConsentChange } from '../../openapi/generated/api.ts';
import { instantMs } from '../../policies/instant.ts';
import type { ErrorPlace } from '../errors.ts';
import { MAX_CLOCK_SKEW_MS } from './limits.ts';

/** Instants in UTC with milliseconds; `withdrawnAt` of a withdrawal is always given. */
export interface CheckedChange {
  readonly action: ConsentChange['action'];
  readonly person: { readonly digest: string } | { readonly recordId: string; readonly datasetId: string };
  readonly purposes: readonly string[] | null;
  readonly destinations: readonly string[] | null;
  readonly textSha256: string | null;
  readonly source: string | null;
  readonly obtainedAt: string | null;
  readonly expiresAt: string | null;
  readonly withdrawnAt: string | null;
}

const OF_A_GRANT = ['purposes', 'destinations', 'text_sha256', 'source', 'obtained_at'] as const;
const NOT_OF_A_WITHDRAWAL = ['text_sha256', 'source', 'obtained_at', 'expires_at'] as const;

/** Pointers start with `at`. */
export function checkChange(
  change: ConsentChange,
  { at, nowMs }: { at: string; nowMs: number },
): CheckedChange | ErrorPlace[] {
  const faults: ErrorPlace[] = [];
  const fault = (field: string, message: string, hint: string) =>
    void faults.push({ pointer: `${at}/${field}`, message, hint });
  const person = personOf(change);
  if (person === undefined) {
    fault('digest', 'names no person, or two', 'give a digest alone, or a record_id with its dataset_id');
  }
  const isGrant = change.action === 'grant';
  for (const field of isGrant ? OF_A_GRANT : []) {
    if (change[field] === undefined) fault(field, 'is missing', 'a grant says all of what was agreed to');
  }
  for (const field of isGrant ? (['withdrawn_at'] as const) : NOT_OF_A_WITHDRAWAL) {
    if (change[field] !== undefined) fault(field, `is not of a ${change.action}`, 'leave it out');
  }
  for (const kind of change.destinations ?? []) {
    if (findDestination(kind) !== undefined) continue;
    const known = listDestinations().map((destination) => destination.kind);
    fault('destinations', 'is no kind of destination', `known: ${known.join(', ')}`);
  }
  for (const field of ['obtained_at', 'withdrawn_at'] as const) {
    const ms = msOf(change[field]);
    if (ms !== undefined && !(ms <= nowMs + MAX_CLOCK_SKEW_MS))
      fault(field, 'lies ahead', 'give an instant that has been');
  }
  const [obtained, expires] = [msOf(change.obtained_at), msOf(change.expires_at)];
  if (expires !== undefined && !(expires > (obtained ?? nowMs))) {
    fault('expires_at', 'is not after obtained_at', 'give an instant after it, or leave it out');
  }
  if (faults.length > 0 || person === undefined) return faults;
  return {
    action: change.action,
    person,
    purposes: change.purposes ?? null,
    destinations: change.destinations ?? null,
    textSha256: change.text_sha256 ?? null,
    source: change.source ?? null,
    obtainedAt: instantText(obtained),
    expiresAt: instantText(expires),
    withdrawnAt: isGrant ? null : instantText(Math.min(msOf(change.withdrawn_at) ?? nowMs, nowMs)),
  };
}

function personOf({ digest, record_id: recordId, dataset_id: datasetId }: ConsentChange) {
  if (digest !== undefined) return recordId === undefined && datasetId === undefined ? { digest } : undefined;
  return recordId !== undefined && datasetId !== undefined ? { recordId, datasetId } : undefined;
}

/** NaN for an instant that is none, which no comparison is true of. */
function msOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : (instantMs(instant) ?? Number.NaN);
}

function instantText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
