// Rejects of a load, spilled to a file in file order: row, field and code, never a value.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { REJECT_CODES, REJECT_HINTS, type Reject, type RejectCode } from '../load-request.ts';

const ENTRY_BYTES = 8;
const BUFFERED_ENTRIES = 8_192;
const NO_FIELD = 0xffff;

export class RejectFile {
  #closed = false;
  readonly counts: Partial<Record<RejectCode, number>> = {};
  readonly #file: FileHandle;
  #buffer = Buffer.alloc(ENTRY_BYTES * BUFFERED_ENTRIES);
  #used = 0;
  #full: Buffer[] = [];

  static async create(scratchDir: string): Promise<RejectFile> {
    return new RejectFile(await open(rejectFilePath(scratchDir), 'w', 0o600));
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** `field` is its place in the schema, or -1 for the whole row. */
  add(row: number, field: number, code: RejectCode): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    this.#buffer.writeUInt32LE(row, this.#used);
    this.#buffer.writeUInt16LE(field < 0 ? NO_FIELD : field, this.#used + 4);
    this.#buffer.writeUInt16LE(REJECT_CODES.indexOf(code), this.#used + 6);
    this.#used += ENTRY_BYTES;
    if (this.#used < this.#buffer.length) return;
    this.#full.push(this.#buffer);
    this.#buffer = Buffer.alloc(ENTRY_BYTES * BUFFERED_ENTRIES);
    this.#used = 0;
  }

  async flush(): Promise<void> {
    const full = this.#full;
    this.#full = [];
    for (const buffer of full) await this.#file.write(buffer);
  }

  /** Writes what is left; a second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    await this.#file.write(this.#buffer, 0, this.#used);
    await this.#file.close();
  }
}

export function rejectFilePath(scratchDir: string): string {
  return join(scratchDir, 'rejects.bin');
}

/** The rejects of a closed file, as often as wanted. `fields` are the columns of the schema in order. */
export async function* readRejects(scratchDir: string, fields: readonly string[]): AsyncGenerator<Reject[]> {
  const file = await open(rejectFilePath(scratchDir), 'r');
  try {
    const buffer = Buffer.alloc(ENTRY_BYTES * 1_024);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield entries(buffer.subarray(0, bytesRead), fields);
    }
  } finally {
    await file.close();
  }
}

function entries(buffer: Buffer, fields: readonly string[]): Reject[] {
  const rejects: Reject[] = [];
  for (let at = 0; at + ENTRY_BYTES <= buffer.length; at += ENTRY_BYTES) {
    const field = buffer.readUInt16LE(at + 4);
    const code = REJECT_CODES[buffer.readUInt16LE(at + 6)] as RejectCode;
    const name = field === NO_FIELD ? null : (fields[field] ?? null);
    rejects.push({ row: buffer.readUInt32LE(at), field: name, code, hint: REJECT_HINTS[code] });
  }
  return rejects;
}
