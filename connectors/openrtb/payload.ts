// What a bidder asks and what it is told, as OpenRTB 2.6 and the IAB's segtax extension have it. Pure.
import type { BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_BATCH_BYTES, MAX_ID_LENGTH, MAX_IDS_PER_REQUEST } from './limits.ts';
import type { OpenrtbSettings } from './settings.ts';

export function batchRules(settings: OpenrtbSettings): BatchRules {
  return {
    checkRow: (id) => (isUserId(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => id.length + 8,
    maxRows: settings.max_rows_per_batch,
    maxBytes: MAX_BATCH_BYTES,
    idForm: 'text',
  };
}

/** An address in the clear is no id of an auction. */
export const isUserId = (id: string): boolean =>
  id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed() && !/[\p{Cc}@\s]/u.test(id);

/** The ids of `{"ids":[…]}`; undefined for any other body, so that nothing is answered that was not asked. */
export function askedIds(body: Uint8Array): string[] | undefined {
  try {
    const read = JSON.parse(Buffer.from(body).toString('utf8')) as { ids?: unknown } | null;
    if (typeof read !== 'object' || read === null || Object.keys(read).join() !== 'ids' || !Array.isArray(read.ids)) {
      return undefined;
    }
    const ids = read.ids as unknown[];
    const isEach = ids.every((id): id is string => typeof id === 'string' && isUserId(id));
    return isEach && ids.length > 0 && ids.length <= MAX_IDS_PER_REQUEST ? (ids as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/** In the order of the ids. Whoever is not in the audience and whoever nobody knows are answered alike. */
export function usersBody(ids: readonly string[], isMember: readonly boolean[], settings: OpenrtbSettings): Buffer {
  const users = ids.map((id, at) => ({ user: isMember[at] ? userOf(id, settings) : {} }));
  return Buffer.from(JSON.stringify({ users }));
}

export function userOf(id: string, settings: OpenrtbSettings) {
  const { data_name, segtax, segment_id, eid_source, eid_atype } = settings;
  return {
    data: [{ name: data_name, ext: { segtax }, segment: [{ id: segment_id }] }],
    eids: [{ source: eid_source, uids: [{ id, atype: eid_atype }] }],
  };
}
