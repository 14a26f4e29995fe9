// The schema of Xandr's Avro files: one user a record with one id and its segments. learn.microsoft.com/xandr, "BSS Avro File
// Format". The file behind the documentation's link was not to be had, so a member's own schema may take its place.
import avsc, { type Type } from 'avsc';

const DOMAINS = ['idfa', 'sha1udid', 'md5udid', 'openudid', 'aaid', 'windowsadid', 'rida', 'tifa', 'vida', 'lgudid'];

const field = (name: string, type: unknown, byDefault?: unknown) =>
  byDefault === undefined ? { name, type } : { name, type, default: byDefault };

const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, fields });

/** The union of ids is in the documented order; `eid` comes last, so that readers of the older schema stay right. */
export const DEFAULT_AVRO_SCHEMA = {
  ...record('user', [
    field('uid', [
      'long',
      record('ifa', [field('id', 'string'), field('type', 'string')]),
      record('xfa', [field('device_model_id', 'int', 0), field('device_make_id', 'int', 0), field('ip', 'string', '')]),
      record('external_id', [field('id', 'string'), field('member_id', 'int', 0)]),
      record('device_id', [field('id', 'string'), field('domain', { type: 'enum', name: 'domain', symbols: DOMAINS })]),
      record('eid', [field('source', 'string'), field('id', 'string')]),
    ]),
    field('segments', {
      type: 'array',
      items: record('segment', [
        field('id', 'int', 0),
        field('code', 'string', ''),
        field('member_id', 'int', 0),
        field('expiration', 'int', 0),
        field('timestamp', 'long', 0),
        field('value', 'int', 0),
      ]),
    }),
  ]),
  namespace: 'xandr.avro',
};

/** User ids are unsigned numbers of 64 bits in a signed field: as BigInt, in two's complement. */
const longType = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number) => BigInt(value),
  toJSON: (value: bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (left: bigint, right: bigint) => (left === right ? 0 : left < right ? -1 : 1),
});

/** Throws where the text is no Avro schema. */
export function avroType(schema: string | undefined): Type {
  const read: unknown = schema === undefined ? DEFAULT_AVRO_SCHEMA : JSON.parse(schema);
  return avsc.Type.forSchema(read as avsc.Schema, { registry: { long: longType }, wrapUnions: true });
}
