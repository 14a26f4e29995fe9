// Who a request names, on the way from the request to the worker: encrypted for that one job, and gone with its end.

import type { HashedKind } from '../../identifiers/platform-profile.ts';
import type { NamedKey } from '../../matching/erase/erasure.ts';
import { RecordIdColumn } from '../../matching/kernel/digest-column.ts';
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import type { KeyName } from '../keys/key-wrapping.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { matchKeysOf } from '../suppression/match-keys.ts';

const KEY_BYTES = 16;

interface Job {
  readonly tenantId: string;
  readonly jobId: string;
}

/** What the worker is told: besides what an officer names, digests as ad platforms and authorities make them, without a salt. */
export interface SealedPersons extends NamedPersons {
  readonly unsalted?: readonly UnsaltedDigests[];
}

export interface UnsaltedDigests {
  readonly kind: 'email' | 'phone' | HashedKind;
  /** How a telephone number was spelt before it was hashed. */
  readonly spelling: 'as-typed' | 'with-plus' | 'last-ten';
  /** SHA-256, 64 hex digits each, in the order of the list they came in. */
  readonly digests: readonly string[];
}

export function sealNamedPersons(rootKey: Uint8Array, job: Job, persons: SealedPersons): Promise<string> {
  return wrapKey(rootKey, inputName(job), Buffer.from(JSON.stringify(persons)));
}

export async function openNamedPersons(rootKey: Uint8Array, job: Job, sealed: string): Promise<SealedPersons> {
  return JSON.parse(Buffer.from(await unwrapKey(rootKey, inputName(job), sealed)).toString('utf8')) as SealedPersons;
}

function inputName({ tenantId, jobId }: Job): KeyName {
  return { purpose: 'deletion-input', ownerId: tenantId, objectId: jobId, version: 1 };
}

/** The match keys of what is named, as a load makes them of the same cells. */
export function keysOfNamed(persons: NamedPersons, tenantKey: Uint8Array): NamedKey[] {
  const digests = matchKeysOf(Buffer.from((persons.digests ?? []).join(''), 'hex'), tenantKey);
  const records = (persons.records ?? []).flatMap(({ dataset_id: dataset, record_ids: ids }) =>
    blocksOf(encryptBlocks(tenantKey, recordBlocks(ids))).map((key) => ({ key, dataset })),
  );
  return [...blocksOf(digests).map((key) => ({ key, dataset: undefined })), ...records];
}

/** Record ids as a load stages them before it encrypts them. */
function recordBlocks(ids: readonly string[]): Buffer {
  const column = new RecordIdColumn('record id');
  column.stage(ids.length);
  ids.forEach((id, row) => {
    const bytes = Buffer.from(id);
    column.read(bytes, 0, bytes.length, row);
  });
  return column.staging.subarray(0, ids.length * KEY_BYTES);
}

export function blocksOf(bytes: Uint8Array): Buffer[] {
  const count = bytes.length / KEY_BYTES;
  return Array.from({ length: count }, (_, n) => Buffer.from(bytes.subarray(n * KEY_BYTES, (n + 1) * KEY_BYTES)));
}

export function countNamed(persons: SealedPersons): { digests: number; record_ids: number } {
  const records = (persons.records ?? []).reduce((sum, { record_ids: ids }) => sum + ids.length, 0);
  const unsalted = (persons.unsalted ?? []).reduce((sum, { digests }) => sum + digests.length, 0);
  return { digests: (persons.digests?.length ?? 0) + unsalted, record_ids: records };
}
