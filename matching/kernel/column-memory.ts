// Memory of columns, in shared buffers: the collector does not count them, so that a load of gigabytes sets off no
// collections. What exceeds the bound lies in one file, from which it is read again, chunk by chunk.
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

export type Items = Uint8Array | Uint32Array | Float64Array;

/** A chunk in the file. */
export interface SpilledChunk {
  readonly at: number;
  readonly bytes: number;
}

export interface ColumnMemoryOptions {
  /** Where the file is made, once it is needed. */
  readonly path: string;
  readonly maxBytes: number;
}

export class ColumnMemory {
  readonly #options: ColumnMemoryOptions | undefined;
  #held = 0;
  #file: number | undefined;
  #end = 0;

  /** Without options nothing is bounded, for columns of a few rows. */
  constructor(options?: ColumnMemoryOptions) {
    this.#options = options;
  }

  get spilledBytes(): number {
    return this.#end;
  }

  /** Whether a full chunk stays in memory; else it is to be spilled and its memory used again. */
  holds(bytes: number): boolean {
    if (this.#options !== undefined && this.#held + bytes > this.#options.maxBytes) return false;
    this.#held += bytes;
    return true;
  }

  spill(chunk: Uint8Array): SpilledChunk {
    const at = this.#end;
    this.#file ??= openSync((this.#options as ColumnMemoryOptions).path, 'w+', 0o600);
    for (let done = 0; done < chunk.length; )
      done += writeSync(this.#file, chunk, done, chunk.length - done, at + done);
    this.#end += chunk.length;
    return { at, bytes: chunk.length };
  }

  read({ at, bytes }: SpilledChunk, into: Uint8Array): void {
    for (let done = 0; done < bytes; ) {
      const got = readSync(this.#file as number, into, done, bytes - done, at + done);
      if (got === 0) throw new Error('the scratch folder lost a part of a column');
      done += got;
    }
  }

  /** Removes the file; a second call does nothing. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync((this.#options as ColumnMemoryOptions).path, { force: true });
  }
}
