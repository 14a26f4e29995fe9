// Splits blocks of CSV without quotes where they lie, in the memory of the vector splitter; a block that has no room there
// goes the way of csv-plain.ts.
import { BLOCK_BYTES } from '../limits.ts';
import { CellFingerprints } from './cell-fingerprints.ts';
import { type PlainCsv, splitPlainCsv } from './csv-plain.ts';
import { splitterOf } from './csv-vector.ts';
import { DIGEST_DIGITS, type DigestColumn, KEY_BYTES } from './digest-column.ts';
import type { RowBatch } from './rows.ts';

const PAGE_BYTES = 1 << 16;
const WORD_BYTES = 4;
/** A block and what the one before it left over. */
const INPUT_BYTES = BLOCK_BYTES + (BLOCK_BYTES >>> 2);
/** A field has one byte at least, its comma or line end. */
const ENTRIES = INPUT_BYTES + 16;
const ROOM_ROWS = INPUT_BYTES / DIGEST_DIGITS;
/** Columns of digests that there is room for; datasets have a handful. */
const MAX_DIGESTS = 16;
/** Fields that may stand before the last digest. */
const MAX_COLUMNS = 1 << 10;

export class PlainSplitter {
  /** Where blocks are to be put. */
  readonly input: Buffer;
  readonly #memory: ArrayBuffer;
  readonly #fingerprints: CellFingerprints;
  readonly #split: (...numbers: number[]) => number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #rowFields: Int32Array;
  readonly #table: Uint32Array;
  readonly #areas: readonly { readonly staging: Buffer; readonly present: Uint8Array }[];

  constructor() {
    const lists = 3 * ENTRIES * WORD_BYTES + 2 * MAX_COLUMNS * WORD_BYTES;
    const areas = MAX_DIGESTS * ROOM_ROWS * (KEY_BYTES + 1);
    const bytes = INPUT_BYTES + lists + areas + CellFingerprints.bytesFor(INPUT_BYTES);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    this.#split = splitterOf(memory);
    this.#memory = memory.buffer;
    let at = 0;
    const next = (length: number) => {
      const from = at;
      at += length;
      return from;
    };
    const entries = () => new Int32Array(this.#memory, next(ENTRIES * WORD_BYTES), ENTRIES);
    this.input = Buffer.from(this.#memory, next(INPUT_BYTES), INPUT_BYTES);
    this.#starts = entries();
    this.#ends = entries();
    this.#rowFields = entries();
    this.#table = new Uint32Array(this.#memory, next(2 * MAX_COLUMNS * WORD_BYTES), 2 * MAX_COLUMNS);
    this.#areas = Array.from({ length: MAX_DIGESTS }, () => ({
      staging: Buffer.from(this.#memory, next(ROOM_ROWS * KEY_BYTES), ROOM_ROWS * KEY_BYTES),
      present: new Uint8Array(this.#memory, next(ROOM_ROWS), ROOM_ROWS),
    }));
    this.#fingerprints = new CellFingerprints({ memory, from: at, blockBytes: INPUT_BYTES });
  }

  /** Splits every whole record and returns how many bytes those took. */
  split(bytes: Buffer, batch: RowBatch, { digests, last }: PlainCsv): number {
    const columns = digests.findLastIndex((digest) => digest !== undefined) + 1;
    const staged = digests.filter((digest) => digest !== undefined).length;
    const fits = bytes.buffer === this.#memory && columns <= MAX_COLUMNS && staged <= MAX_DIGESTS;
    if (!fits) return splitPlainCsv(bytes, batch, { digests, last });
    this.#arrange(digests.slice(0, columns));
    const { byteOffset: origin, length } = bytes;
    const table = this.#table.byteOffset;
    const lists = [this.#starts, this.#ends, this.#rowFields].map((list) => list.byteOffset);
    const rows = this.#split(origin, origin + length, last ? 1 : 0, table, columns, ROOM_ROWS, ...lists);
    const split = { starts: this.#starts, ends: this.#ends, rowFields: this.#rowFields };
    batch.take(bytes, { rows, ...split, fingerprints: this.#fingerprints });
    return this.#rowFields[rows + 1] as number;
  }

  #arrange(digests: readonly (DigestColumn | undefined)[]): void {
    let used = 0;
    digests.forEach((digest, field) => {
      const area = digest === undefined ? undefined : this.#areas[used++];
      if (area !== undefined) digest?.stageIn(area);
      this.#table[field * 2] = area?.staging.byteOffset ?? 0;
      this.#table[field * 2 + 1] = area?.present.byteOffset ?? 0;
    });
  }
}
