// The platform's side of an Avro file: read by the library's own container reader, apart from the writer.
import avsc from 'avsc';
import { avroType } from './avro-schema.ts';
import { DEVICE_DOMAINS } from './legacy-line.ts';
import type { ReadLine, ReadSegment } from './legacy-reader.ts';

interface Segment {
  readonly id: number;
  readonly code: string;
  readonly expiration: number;
  readonly timestamp: bigint;
}
interface User {
  readonly uid: Readonly<Record<string, unknown>>;
  readonly segments: readonly Segment[];
}

export const isAvro = (body: Buffer): boolean => body.subarray(0, 4).toString('latin1') === 'Obj\u0001';

/** Rejects where the file is broken. */
export async function readAvroUsers(body: Buffer): Promise<ReadLine[]> {
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (schema: unknown) => avroType(JSON.stringify(schema)),
  } as object);
  decoder.end(body);
  const users: ReadLine[] = [];
  for await (const user of decoder as AsyncIterable<User>) users.push(readUser(user));
  return users;
}

function readUser({ uid, segments }: User): ReadLine {
  return { ...readId(uid), segments: segments.map(readSegment), removals: [] };
}

function readId(uid: User['uid']): Pick<ReadLine, 'uid' | 'domain'> {
  const [[branch, value] = ['', undefined]] = Object.entries(uid);
  if (branch === 'long') return { uid: BigInt.asUintN(64, value as bigint).toString(), domain: undefined };
  const { id = '', domain, source, member_id } = value as Record<string, string | undefined>;
  if (branch.endsWith('.device_id'))
    return { uid: id, domain: DEVICE_DOMAINS[domain as keyof typeof DEVICE_DOMAINS] ?? 0 };
  return { uid: id, domain: source ?? `member ${member_id}` };
}

function readSegment({ id, code, expiration, timestamp }: Segment): ReadSegment {
  return {
    ...(code === '' ? { SEG_ID: id } : { SEG_CODE: code }),
    EXPIRATION: expiration,
    TIMESTAMP: Number(timestamp),
  };
}
