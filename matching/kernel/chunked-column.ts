// A column of a load: values row by row in chunks of as many rows as a block of the version's files has. Chunks are never
// copied to grow, and lie on disk where memory is short.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import type { ColumnMemory, Items, SpilledChunk } from './column-memory.ts';
import type { KeptRows } from './kept-rows.ts';

const FIRST_ROWS = 1 << 12;

/** Values by row, read a block at a time. */
export interface Blocks<T extends Items> {
  /** Rows. */
  readonly length: number;
  /** Rows `from` to `to`, which lie within one block; valid until the next are asked for. */
  block(from: number, to: number): T;
}

interface Kind<T extends Items> {
  readonly of: (memory: SharedArrayBuffer) => T;
  readonly bytes: number;
}

export const BYTES: Kind<Uint8Array> = { of: (memory) => new Uint8Array(memory), bytes: 1 };
export const WORDS: Kind<Uint32Array> = { of: (memory) => new Uint32Array(memory), bytes: 4 };
export const DOUBLES: Kind<Float64Array> = { of: (memory) => new Float64Array(memory), bytes: 8 };

export class ChunkedColumn<T extends Items> implements Blocks<T> {
  length = 0;
  readonly #memory: ColumnMemory;
  readonly #kind: Kind<T>;
  /** Items a row. */
  readonly #unit: number;
  readonly #chunkRows: number;
  readonly #full: (T | SpilledChunk)[] = [];
  #open: T;
  #openRows = 0;
  /** What was last read from disk. */
  #read: { readonly chunk: number; readonly items: T } | undefined;

  /** `chunkRows` is for tests. */
  constructor(memory: ColumnMemory, kind: Kind<T>, { unit = 1, chunkRows = STORE_BLOCK_ROWS } = {}) {
    this.#memory = memory;
    this.#kind = kind;
    this.#unit = unit;
    this.#chunkRows = chunkRows;
    this.#open = this.#items(0);
  }

  /** The staged values of the rows that are kept. */
  keep(staged: T, { rows, count, all }: KeptRows): void {
    const unit = this.#unit;
    for (let from = 0; from < count; ) {
      const room = this.#room(count - from);
      const open = this.#open;
      const to = this.#openRows * unit;
      if (all) copyItems(staged.subarray(from * unit, (from + room) * unit) as T, open, to);
      else if (unit === 1) for (let n = 0; n < room; n++) open[to + n] = staged[rows[from + n] as number] as number;
      else gather(staged, { rows, from, room, unit }, open, to);
      this.#openRows += room;
      this.length += room;
      from += room;
    }
  }

  block(from: number, to: number): T {
    const chunk = Math.floor(from / this.#chunkRows);
    const first = chunk * this.#chunkRows;
    const items = chunk < this.#full.length ? this.#chunk(chunk) : this.#open;
    return items.subarray((from - first) * this.#unit, (to - first) * this.#unit) as T;
  }

  get chunkRows(): number {
    return this.#chunkRows;
  }

  /** Each chunk that lies in memory, at its place. */
  chunksInMemory(): readonly (T | undefined)[] {
    return [...this.#full, this.#open].map((chunk) => (ArrayBuffer.isView(chunk) ? chunk : undefined));
  }

  /** The items of one row, wherever it lies. */
  row(row: number): T {
    const from = row % this.#chunkRows;
    const chunk = this.#full[Math.floor(row / this.#chunkRows)] ?? this.#open;
    const unit = this.#unit;
    if (ArrayBuffer.isView(chunk)) return chunk.subarray(from * unit, (from + 1) * unit) as T;
    const items = this.#items(1);
    const { byteLength } = items;
    this.#memory.read({ at: chunk.at + from * byteLength, bytes: byteLength }, bytesOfItems(items));
    return items;
  }

  /** All rows, block by block. */
  *blocks(): Generator<{ readonly first: number; readonly rows: number; readonly items: T }> {
    for (let first = 0; first < this.length; first += this.#chunkRows) {
      const rows = Math.min(this.#chunkRows, this.length - first);
      yield { first, rows, items: this.block(first, first + rows) };
    }
  }

  /** How many of `wanted` rows fit into the open chunk, of which there is at least one. */
  #room(wanted: number): number {
    if (this.#openRows === this.#chunkRows) this.#storeOpen();
    const needed = Math.min(this.#openRows + wanted, this.#chunkRows);
    if (needed * this.#unit > this.#open.length) {
      const grown = this.#items(Math.min(this.#chunkRows, Math.max(needed, this.#openRows * 4, FIRST_ROWS)));
      grown.set(this.#open.subarray(0, this.#openRows * this.#unit));
      this.#open = grown;
    }
    return needed - this.#openRows;
  }

  #storeOpen(): void {
    const open = this.#open;
    if (this.#memory.holds(open.byteLength)) {
      this.#full.push(open);
      this.#open = this.#items(this.#chunkRows);
    } else this.#full.push(this.#memory.spill(bytesOfItems(open)));
    this.#openRows = 0;
  }

  #chunk(number: number): T {
    const chunk = this.#full[number] as T | SpilledChunk;
    if (ArrayBuffer.isView(chunk)) return chunk;
    if (this.#read?.chunk === number) return this.#read.items;
    const items = this.#read?.items ?? this.#items(this.#chunkRows);
    this.#memory.read(chunk, bytesOfItems(items));
    this.#read = { chunk: number, items };
    return items;
  }

  #items(rows: number): T {
    const bytes = rows * this.#unit * this.#kind.bytes;
    return this.#kind.of(new SharedArrayBuffer(bytes));
  }
}

/** Values that lie in one piece. */
export function wholeBlocks<T extends Items>(items: T): Blocks<T> {
  return { length: items.length, block: (from, to) => items.subarray(from, to) as T };
}

function gather(
  staged: Items,
  { rows, from, room, unit }: { rows: Uint32Array; from: number; room: number; unit: number },
  open: Items,
  to: number,
): void {
  for (let n = 0, at = to; n < room; n++) {
    const staging = (rows[from + n] as number) * unit;
    for (let item = 0; item < unit; item++) open[at++] = staged[staging + item] as number;
  }
}

// By `fill`, one native copy: `set` copies into shared memory at a third of its speed.
function copyItems<T extends Items>(items: T, into: T, at: number): void {
  const from = at * items.BYTES_PER_ELEMENT;
  bytesOfItems(into).fill(bytesOfItems(items), from, from + items.byteLength);
}

function bytesOfItems(items: Items): Buffer {
  return Buffer.from(items.buffer, items.byteOffset, items.byteLength);
}
