// Activation ids: the ids by which a platform knows a person. Checked for their form, kept as bytes behind one another.
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import { MAX_ACTIVATION_ID_BYTES } from '../limits.ts';
import type { RejectCode } from '../load-request.ts';
import { type BatchCells, type CellColumn, readEach, refuseCleartext } from './cell.ts';
import type { KeptRows } from './kept-rows.ts';

const SEALED = /^sealed1\.[A-Za-z0-9_-]{40,}$/;
const FORMS: Readonly<Record<ActivationIdType, (id: string) => boolean>> = {
  // A signed 64-bit number above zero, as the Batch Segment Service takes it.
  'xandr-user-id': (id) => /^[1-9]\d{0,18}$/.test(id) && (id.length < 19 || BigInt(id) < 2n ** 63n),
  'mobile-advertising-id': (id) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) && !/^[0-]+$/.test(id),
  uid2: (id) => /^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(id),
  ppid: (id) => /^[0-9A-Za-z_-]{22,150}$/.test(id),
  customer: (id) => /^[^\p{Cc}\s]{1,256}$/u.test(id),
  'platform-digest': (id) => SEALED.test(id) || /^[0-9a-f]{64}$/.test(id),
};

export class ActivationIdColumn implements CellColumn {
  readonly field: string;
  /** The number of the column in the schema. */
  readonly column: number;
  /** Ends of the ids of accepted rows within their chunk; an empty id has the end of the one before. */
  readonly chunks: { readonly bytes: Buffer; readonly ends: Uint32Array }[] = [];
  readonly #fits: (id: string) => boolean;
  #batch: Buffer = Buffer.alloc(0);
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  constructor(field: string, column: number, type: ActivationIdType) {
    this.field = field;
    this.column = column;
    this.#fits = FORMS[type];
  }

  stage(rows: number): void {
    if (this.#starts.length >= rows) return;
    this.#starts = new Int32Array(rows * 2);
    this.#ends = new Int32Array(rows * 2);
  }

  readBatch(cells: BatchCells): void {
    readEach(this, cells);
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    this.#batch = bytes;
    this.#starts[staged] = start;
    this.#ends[staged] = end;
    if (start === end) return undefined;
    if (end - start > MAX_ACTIVATION_ID_BYTES) return 'activation_id_invalid';
    const id = bytes.toString('utf8', start, end);
    if (this.#fits(id)) return undefined;
    refuseCleartext(id, 'other');
    return 'activation_id_invalid';
  }

  // Copies the kept ids out of the buffer of the batch, so that the buffer itself can go.
  keep({ rows, count }: KeptRows): void {
    let length = 0;
    for (let n = 0; n < count; n++) {
      const row = rows[n] as number;
      length += (this.#ends[row] as number) - (this.#starts[row] as number);
    }
    const bytes = Buffer.allocUnsafeSlow(length);
    const ends = new Uint32Array(count);
    for (let n = 0, at = 0; n < count; n++) {
      const row = rows[n] as number;
      at += this.#batch.copy(bytes, at, this.#starts[row], this.#ends[row]);
      ends[n] = at;
    }
    this.chunks.push({ bytes, ends });
    this.#batch = Buffer.alloc(0);
  }

  /** The ids of every accepted row in order; empty where a row has none. */
  *ids(): Generator<Uint8Array> {
    for (const { bytes, ends } of this.chunks) {
      let start = 0;
      for (const end of ends) {
        yield bytes.subarray(start, end);
        start = end;
      }
    }
  }
}
