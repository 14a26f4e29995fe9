// A file that is encrypted as it arrives, so that no byte of an upload rests in the clear. Records of up to 1 MiB:
//   length (4 bytes, big endian) ‖ nonce (12) ‖ AES-256-GCM ciphertext ‖ tag (16), associated data `<upload id>|<offset>`,
// so a record cannot be moved, dropped from the middle, or taken from another upload. Each upload has a key of its own.
import { createDecipheriv } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RECORD_BYTES } from './limits.ts';
import {
  associatedData,
  type EncryptedFile,
  type FileEnd,
  LENGTH_BYTES,
  NONCE_BYTES,
  OVERHEAD_BYTES,
  RecordWriter,
  TAG_BYTES,
} from './record-writer.ts';

export async function createEncryptedFile(path: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  await handle.sync();
  await handle.close();
}

/** Appends from `end` on and returns the new end once it is on disk. A record torn by a crash is overwritten. */
export async function appendEncrypted(
  file: EncryptedFile,
  end: FileEnd,
  source: AsyncIterable<Uint8Array>,
): Promise<FileEnd> {
  const handle = await open(file.path, 'r+');
  try {
    await handle.truncate(end.storedBytes);
    const writer = new RecordWriter(file, { handle, end });
    let failure: unknown;
    // What arrived before a cut is kept, so that the sender goes on from there.
    const arriving = untilCut(source, (error) => {
      failure = error;
    });
    for await (const bytes of arriving) await writer.add(bytes);
    const reached = await writer.end();
    if (failure !== undefined && reached.plainBytes === end.plainBytes) throw failure;
    return reached;
  } finally {
    await handle.close();
  }
}

async function* untilCut(
  source: AsyncIterable<Uint8Array>,
  onCut: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    onCut(error);
  }
}

/** Finds the end of the last whole record by reading the lengths alone. */
export async function findEnd(path: string): Promise<FileEnd> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    let end: FileEnd = { plainBytes: 0, storedBytes: 0 };
    for (;;) {
      const length = await readLength(handle, end.storedBytes, size);
      if (length === undefined) return end;
      end = { plainBytes: end.plainBytes + length, storedBytes: end.storedBytes + length + OVERHEAD_BYTES };
    }
  } finally {
    await handle.close();
  }
}

async function readLength(handle: FileHandle, at: number, size: number): Promise<number | undefined> {
  if (at + OVERHEAD_BYTES > size) return undefined;
  const { buffer } = await handle.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, at);
  const length = buffer.readUInt32BE();
  // Where a crash left a hole there are zeros, and no record is empty.
  return length === 0 || length > RECORD_BYTES || at + OVERHEAD_BYTES + length > size ? undefined : length;
}

/** The plain bytes in order. Fails, never guesses, on a record that does not authenticate or when bytes are missing. */
export function readEncrypted(file: EncryptedFile, plainBytes: number): Readable {
  return Readable.from(decryptedRecords(file, plainBytes), { objectMode: false, highWaterMark: RECORD_BYTES });
}

async function* decryptedRecords({ path, uploadId, key }: EncryptedFile, plainBytes: number): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    let at = 0;
    let offset = 0;
    while (offset < plainBytes) {
      const length = await readLength(handle, at, size);
      if (length === undefined) throw new Error('a stored upload ends too early');
      const record = Buffer.alloc(length + OVERHEAD_BYTES);
      await handle.read(record, 0, record.length, at);
      yield decryptRecord(record, key, associatedData(uploadId, offset));
      at += record.length;
      offset += length;
    }
  } finally {
    await handle.close();
  }
}

function decryptRecord(record: Buffer, key: Uint8Array, associated: Buffer): Buffer {
  const nonce = record.subarray(LENGTH_BYTES, LENGTH_BYTES + NONCE_BYTES);
  const sealed = record.subarray(LENGTH_BYTES + NONCE_BYTES, record.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  decipher.setAuthTag(record.subarray(record.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed), decipher.final()]);
}
