// Fills the records of an encrypted file: one record is gathered while the one before is written, and what was written goes to the disk
// meanwhile, so that a sender waits for the slowest of the three and memory stays at a few records.
import { createCipheriv, randomFillSync } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { letGo } from './let-go.ts';
import { FLUSH_BYTES, RECORD_BYTES } from './limits.ts';

export const LENGTH_BYTES = 4;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const OVERHEAD_BYTES = LENGTH_BYTES + NONCE_BYTES + TAG_BYTES;

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

export class RecordWriter {
  readonly #file: EncryptedFile;
  readonly #handle: FileHandle;
  /** Plain bytes of the record under way; free again once they are encrypted. */
  readonly #plain = Buffer.allocUnsafeSlow(RECORD_BYTES);
  #gathered = 0;
  #end: FileEnd;
  #writing: Promise<unknown> = Promise.resolve();
  #flushing: Promise<unknown> = Promise.resolve();
  #unflushedBytes = 0;

  constructor(file: EncryptedFile, at: { handle: FileHandle; end: FileEnd }) {
    this.#file = file;
    this.#handle = at.handle;
    this.#end = at.end;
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.subarray(at, at + RECORD_BYTES - this.#gathered);
      this.#plain.set(taken, this.#gathered);
      this.#gathered += taken.length;
      at += taken.length;
      if (this.#gathered === RECORD_BYTES) await this.#write();
    }
  }

  /** Writes what is left and returns once everything is on disk. */
  async end(): Promise<FileEnd> {
    if (this.#gathered > 0) await this.#write();
    await this.#writing;
    await this.#flushing;
    await this.#handle.sync();
    return this.#end;
  }

  /** Returns once the record before is written: no more than one waits. */
  async #write(): Promise<void> {
    const { plainBytes, storedBytes } = this.#end;
    const record = encryptRecord(this.#file, plainBytes, this.#plain.subarray(0, this.#gathered));
    const recordBytes = this.#gathered + OVERHEAD_BYTES;
    this.#end = { plainBytes: plainBytes + this.#gathered, storedBytes: storedBytes + recordBytes };
    this.#gathered = 0;
    await this.#writing;
    this.#writing = this.#handle.writev(record, storedBytes).then(({ bytesWritten }) => {
      if (bytesWritten !== recordBytes) throw new Error('the disk took a part of a record');
      for (const bytes of record) letGo(bytes);
      return this.#flushAfter(recordBytes);
    });
    // Thrown by whoever waits for it next.
    this.#writing.catch(() => undefined);
  }

  /** A flush that is slower than the sender holds it up. */
  async #flushAfter(recordBytes: number): Promise<void> {
    this.#unflushedBytes += recordBytes;
    if (this.#unflushedBytes < FLUSH_BYTES) return;
    this.#unflushedBytes = 0;
    await this.#flushing;
    this.#flushing = this.#handle.datasync();
    this.#flushing.catch(() => undefined);
  }
}

function encryptRecord({ uploadId, key }: EncryptedFile, offset: number, plain: Uint8Array): Buffer[] {
  const head = Buffer.alloc(LENGTH_BYTES + NONCE_BYTES);
  head.writeUInt32BE(plain.length);
  const nonce = head.subarray(LENGTH_BYTES);
  randomFillSync(nonce);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(uploadId, offset));
  const sealed = cipher.update(plain);
  cipher.final();
  return [head, sealed, cipher.getAuthTag()];
}

export function associatedData(uploadId: string, offset: number): Buffer {
  return Buffer.from(`${uploadId}|${offset}`);
}
