// Persons as evidence knows them: a digest or a record id under the tenant's key, as a load makes it. The digest itself is kept nowhere.
import { RecordIdColumn } from '../../matching/kernel/digest-column.ts';
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import { matchKeysOf } from '../suppression/match-keys.ts';

const KEY_BYTES = 16;

/** `digest` has 64 hex digits. */
export function keyOfDigest(digest: string, tenantKey: Uint8Array): string {
  return matchKeysOf(Buffer.from(digest, 'hex'), tenantKey).toString('hex');
}

/** Undefined for what no load would take as a record id. */
export function keyOfRecordId(recordId: string, tenantKey: Uint8Array): string | undefined {
  const column = new RecordIdColumn('record-id');
  const bytes = Buffer.from(recordId, 'utf8');
  column.stage(1);
  if (column.read(bytes, 0, bytes.length, 0) !== undefined) return undefined;
  return encryptBlocks(tenantKey, column.staging.subarray(0, KEY_BYTES)).toString('hex');
}

export function joinedKeys(keys: Iterable<string>): Buffer {
  return Buffer.from([...keys].join(''), 'hex');
}
