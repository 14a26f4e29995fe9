// The Avro file of one batch: an object container file, blocks packed with deflate. Avro 1.11 specification, "Object Container
// Files". Pure: the same batch gives the same bytes, sync marker included.
import { deflateRawSync } from 'node:zlib';
import avsc, { type Type } from 'avsc';
import type { Batch, BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { avroType } from './avro-schema.ts';
import { MAX_ROWS_PER_FILE } from './limits.ts';
import type { XandrSettings } from './settings.ts';
import { isDeviceId, isXandrUserId } from './uid.ts';

/** Rows of a block before it is packed: about 64 kB, as readers expect. */
const BLOCK_ROWS = 2_048;
const ROW_BYTES = 1_024;

export function avroFileOf(batch: Batch, settings: XandrSettings, startedAtMs: number): Buffer[] {
  const type = avroType(settings.avro_schema);
  const row = rowWriter(type, settings, startedAtMs);
  const sync = Buffer.from(batch.sha256.slice(0, 32), 'hex');
  const chunks: Buffer[] = [containerHead(type, sync)];
  const block = Buffer.alloc(BLOCK_ROWS * ROW_BYTES);
  let bytes = 0;
  let rows = 0;
  const close = (): void => {
    if (rows === 0) return;
    const packed = deflateRawSync(block.subarray(0, bytes));
    chunks.push(varint(rows), varint(packed.length), packed, sync);
    bytes = 0;
    rows = 0;
  };
  batch.forEach((id, isRemoval) => {
    bytes = row(id, isRemoval, { into: block, at: bytes });
    rows++;
    if (rows === BLOCK_ROWS || bytes > block.length - ROW_BYTES) close();
  });
  close();
  return chunks;
}

const VALID: Readonly<Record<XandrSettings['id_type'], (id: string) => boolean>> = {
  'xandr-user-id': isXandrUserId,
  'mobile-advertising-id': isDeviceId,
  ppid: (id) => /^[\x21-\x7e]{1,200}$/.test(id),
  uid2: (id) => /^[A-Za-z0-9+/]{43}=$/.test(id),
};

export function avroRules(settings: XandrSettings): BatchRules {
  const isValid = VALID[settings.id_type];
  const segmentBytes = 40 + (settings.segment_code?.length ?? 0) * 2;
  return {
    checkRow: (id) => (isValid(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => id.length + (settings.eid_source?.length ?? 0) + segmentBytes,
    maxRows: MAX_ROWS_PER_FILE,
    maxBytes: settings.max_file_bytes,
    idForm: settings.id_type === 'xandr-user-id' ? 'uint64' : 'text',
  };
}

type RowWriter = (id: string, isRemoval: boolean, place: { readonly into: Buffer; readonly at: number }) => number;

function rowWriter(type: Type, settings: XandrSettings, startedAtMs: number): RowWriter {
  const added = segmentOf(settings, startedAtMs);
  const removed = { ...added, expiration: -1 };
  const wrapped = idWriter(type, settings);
  return (id, isRemoval, { into, at }) =>
    type.encode({ uid: wrapped(id), segments: [isRemoval ? removed : added] }, into, at);
}

function segmentOf(settings: XandrSettings, startedAtMs: number) {
  return {
    id: settings.segment_id ?? 0,
    code: settings.segment_code ?? '',
    member_id: settings.segment_code === undefined ? 0 : settings.member_id,
    expiration: settings.expiration_minutes,
    timestamp: BigInt(Math.floor(startedAtMs / 1_000)),
    value: settings.value,
  };
}

/** Wraps an id as the branch of the union that its type goes into. Throws where the schema has no such branch. */
function idWriter(type: Type, settings: XandrSettings): (id: string) => Record<string, unknown> {
  const { id_type, device_domain, eid_source, member_id } = settings;
  if (id_type === 'xandr-user-id') {
    const branch = branchOf(type, 'long');
    return (id) => ({ [branch]: BigInt.asIntN(64, BigInt(id)) });
  }
  if (id_type === 'mobile-advertising-id') {
    const branch = branchOf(type, 'device_id');
    return (id) => ({ [branch]: { id, domain: device_domain } });
  }
  if (eid_source !== undefined) {
    const branch = branchOf(type, 'eid');
    return (id) => ({ [branch]: { source: eid_source, id } });
  }
  const branch = branchOf(type, 'external_id');
  return (id) => ({ [branch]: { id, member_id } });
}

function branchOf(type: Type, name: string): string {
  const uid = (type as avsc.types.RecordType).fields.find((field) => field.name === 'uid')?.type;
  const branches = uid instanceof avsc.types.WrappedUnionType ? uid.types.map((one) => one.branchName ?? '') : [];
  const found = branches.find((branch) => branch === name || branch.endsWith(`.${name}`));
  if (found === undefined) throw new TypeError(`the schema has no ${name} among the ids of a user`);
  return found;
}

/** What a schema of the member's own cannot take, or undefined. */
export function avroFault(settings: XandrSettings): string | undefined {
  try {
    const sample = settings.id_type === 'xandr-user-id' ? '1' : 'a';
    rowWriter(avroType(settings.avro_schema), settings, 0)(sample, false, { into: Buffer.alloc(ROW_BYTES), at: 0 });
    return undefined;
  } catch {
    return 'cannot hold a user of these settings';
  }
}

function containerHead(type: Type, sync: Buffer): Buffer {
  const entries = {
    'avro.schema': Buffer.from(JSON.stringify(type.schema({ exportAttrs: true }))),
    'avro.codec': Buffer.from('deflate'),
  };
  const map = Object.entries(entries).flatMap(([name, value]) => [
    varint(name.length),
    Buffer.from(name),
    varint(value.length),
    value,
  ]);
  return Buffer.concat([Buffer.from('Obj\u0001', 'latin1'), varint(2), ...map, varint(0), sync]);
}

/** Zigzag and variable length, as Avro writes a long. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
