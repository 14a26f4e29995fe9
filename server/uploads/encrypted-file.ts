// A file that is encrypted as it arrives, so that no byte of an upload rests in the clear. Records of up to 1 MiB:
//   length (4 bytes, big endian) ‖ nonce (12) ‖ AES-256-GCM ciphertext ‖ tag (16), associated data `<upload id>|<offset>`,
// so a record cannot be moved, dropped from the middle, or taken from another upload. Each upload has a key of its own.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RECORD_BYTES } from './limits.ts';

const LENGTH_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = LENGTH_BYTES + NONCE_BYTES + TAG_BYTES;

export interface EncryptedFile {
  readonly path: string;
  readonly uploadId: string;
  readonly key: Uint8Array;
}

/** Plain bytes held, and the bytes on disk that hold them. */
export interface FileEnd {
  readonly plainBytes: number;
  readonly storedBytes: number;
}

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
  let { plainBytes, storedBytes } = end;
  let failure: unknown;
  const write = async (plain: Uint8Array) => {
    const record = encryptRecord(file, plainBytes, plain);
    await handle.write(record, 0, record.length, storedBytes);
    plainBytes += plain.length;
    storedBytes += record.length;
  };
  try {
    await handle.truncate(storedBytes);
    // What arrived before a cut is kept, so that the sender goes on from there.
    const records = recordsOf(source, (error) => {
      failure = error;
    });
    for await (const plain of records) await write(plain);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (failure !== undefined && plainBytes === end.plainBytes) throw failure;
  return { plainBytes, storedBytes };
}

async function* recordsOf(
  source: AsyncIterable<Uint8Array>,
  onCut: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const taken = chunk.subarray(at, at + RECORD_BYTES - bytes);
        parts.push(taken);
        bytes += taken.length;
        at += taken.length;
        if (bytes < RECORD_BYTES) continue;
        yield Buffer.concat(parts);
        parts = [];
        bytes = 0;
      }
    }
  } catch (error) {
    onCut(error);
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

function encryptRecord({ uploadId, key }: EncryptedFile, offset: number, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(uploadId, offset));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(plain.length);
  return Buffer.concat([length, nonce, sealed, cipher.getAuthTag()]);
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
  return length > RECORD_BYTES || at + OVERHEAD_BYTES + length > size ? undefined : length;
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

function associatedData(uploadId: string, offset: number): Buffer {
  return Buffer.from(`${uploadId}|${offset}`);
}
