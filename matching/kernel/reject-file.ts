// Rejects of a load, spilled to a file in file order: row, field and code, never a value.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { REJECT_CODES, REJECT_HINTS, type Reject, type RejectCode } from '../load-request.ts';

const ENTRY_BYTES = 8;
const BUFFERED_ENTRIES = 8_192;
const NO_FIELD = 0xffff;

export class RejectFile {
  readonly path: string;
  readonly counts: Partial<Record<RejectCode, number>> = {};
  readonly #fields: readonly string[];
  readonly #file: FileHandle;
  #buffer = Buffer.alloc(ENTRY_BYTES * BUFFERED_ENTRIES);
  #used = 0;
  #full: Buffer[] = [];

  static async create(scratchDir: string, fields: readonly string[]): Promise<RejectFile> {
    const path = join(scratchDir, 'rejects.bin');
    return new RejectFile(path, fields, await open(path, 'w', 0o600));
  }

  private constructor(path: string, fields: readonly string[], file: FileHandle) {
    this.path = path;
    this.#fields = fields;
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

  async close(): Promise<void> {
    await this.flush();
    await this.#file.write(this.#buffer, 0, this.#used);
    this.#used = 0;
    await this.#file.close();
  }

  /** Readable once closed, as often as wanted. */
  async *read(): AsyncGenerator<Reject[]> {
    const file = await open(this.path, 'r');
    try {
      const buffer = Buffer.alloc(ENTRY_BYTES * 1_024);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) return;
        yield this.#entries(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #entries(buffer: Buffer): Reject[] {
    const rejects: Reject[] = [];
    for (let at = 0; at + ENTRY_BYTES <= buffer.length; at += ENTRY_BYTES) {
      const field = buffer.readUInt16LE(at + 4);
      const code = REJECT_CODES[buffer.readUInt16LE(at + 6)] as RejectCode;
      const name = field === NO_FIELD ? null : (this.#fields[field] ?? null);
      rejects.push({ row: buffer.readUInt32LE(at), field: name, code, hint: REJECT_HINTS[code] });
    }
    return rejects;
  }
}
