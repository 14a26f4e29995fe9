// Requests of the streaming service and what its warnings mean. learn.microsoft.com/xandr, "Instant Audience Service". Pure.
import type { BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import type { Counts } from '../kit/report.ts';
import { MAX_STREAMED_BYTES } from './limits.ts';
import type { XandrSettings } from './settings.ts';
import { isDeviceId, isXandrUserId } from './uid.ts';

export interface StreamedUser {
  readonly id: string;
  readonly isRemoval: boolean;
}

export function streamedBody(users: readonly StreamedUser[], settings: XandrSettings): Buffer {
  const { segment_id, segment_code, member_id, value, expiration_minutes, id_type, device_domain } = settings;
  const domain = id_type === 'mobile-advertising-id' ? (device_domain ?? null) : null;
  const segment = {
    seg_id: segment_id ?? null,
    seg_code: segment_code ?? null,
    value,
    member_id: segment_code === undefined ? null : member_id,
  };
  const rt_segment = users.map(({ id, isRemoval }) => ({
    user_id: id,
    seg_block: [{ ...segment, expiration: isRemoval ? -1 : expiration_minutes }],
    domain,
  }));
  return Buffer.from(JSON.stringify({ rt_segment }));
}

export function streamingRules(settings: XandrSettings): BatchRules {
  const isValid = settings.id_type === 'xandr-user-id' ? isXandrUserId : isDeviceId;
  const oneUser = streamedBody([{ id: '', isRemoval: true }], settings).length;
  return {
    checkRow: (id) => (isValid(id) ? undefined : new RowError('id_invalid')),
    // An expiration may be longer than the -1 of a removal.
    rowBytes: (id) => oneUser + id.length + 8,
    maxRows: settings.max_users_per_request,
    maxBytes: MAX_STREAMED_BYTES,
    idForm: settings.id_type === 'xandr-user-id' ? 'uint64' : 'text',
  };
}

/**
 * Rows that were not taken, by our code for the platform's sentence; `too-many` where it took none for their number. A
 * warning is a row that failed although the status says OK.
 */
export function rowsOfWarnings(warnings: unknown, users: readonly StreamedUser[]): Counts | 'too-many' {
  const counts: Record<string, number> = {};
  for (const warning of Array.isArray(warnings) ? warnings : []) {
    const said = String(warning);
    if (said.startsWith('Too many user_ids')) return 'too-many';
    if (said.startsWith('No valid rt_segment')) return users.length === 0 ? {} : { no_valid_rt_segment: users.length };
    const code = CODES.find(([beginning]) => said.startsWith(beginning))?.[1] ?? 'warning';
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return atMost(counts, users.length);
}

/** Whom the platform names: users of whose segments it took none. */
export function warnedIds(warnings: unknown, users: readonly StreamedUser[]): string[] {
  const sent = new Set(users.map(({ id }) => id));
  const named = (Array.isArray(warnings) ? warnings : []).map(
    (warning) => /^No valid segments for user_id: (.+?)\.?$/.exec(String(warning))?.[1] ?? '',
  );
  return [...new Set(named)].filter((id) => sent.has(id));
}

const CODES: readonly (readonly [string, string])[] = [
  ['No valid segments for user_id', 'no_valid_segments'],
  ["'seg_id' or 'seg_code' and 'member_id' are required", 'segment_required'],
  ["'seg_block' is required", 'seg_block_required'],
  ["'user_id' is required", 'user_id_required'],
];

/** A user may be warned of twice, for a segment and for having none that is valid: it is one row. */
function atMost(counts: Readonly<Record<string, number>>, rows: number): Counts {
  const { no_valid_segments: whole, ...parts } = counts;
  if (whole !== undefined)
    return {
      no_valid_segments: Math.min(whole, rows),
      ...('warning' in parts ? { warning: parts.warning } : {}),
    } as Counts;
  return parts;
}
