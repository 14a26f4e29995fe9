// A batch of rows as offsets into one buffer: what every file format is split into before its cells are read.

import type { CellFingerprints } from './cell-fingerprints.ts';

export class RowBatch {
  bytes: Buffer = Buffer.alloc(0);
  /** Start and end of each field, fields of one row after another. */
  starts: Int32Array = new Int32Array(1 << 16);
  ends: Int32Array = new Int32Array(1 << 16);
  fields = 0;
  /** First field of each row; one more entry than rows. */
  rowFields: Int32Array = new Int32Array(1 << 14);
  rows = 0;
  /** Where the bytes lie in a memory that has some. */
  fingerprints: CellFingerprints | undefined;

  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.fields = 0;
    this.rows = 0;
    this.rowFields[0] = 0;
    this.fingerprints = undefined;
  }

  /** What another splitter filled, in lists of its own. */
  take(bytes: Buffer, split: Pick<RowBatch, 'rows' | 'starts' | 'ends' | 'rowFields' | 'fingerprints'>): void {
    this.bytes = bytes;
    this.rows = split.rows;
    this.starts = split.starts;
    this.ends = split.ends;
    this.rowFields = split.rowFields;
    this.fields = split.rowFields[split.rows] as number;
    this.fingerprints = split.fingerprints;
  }

  pushField(start: number, end: number): void {
    if (this.fields === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    this.starts[this.fields] = start;
    this.ends[this.fields] = end;
    this.fields++;
  }

  endRow(): void {
    this.rows++;
    if (this.rows === this.rowFields.length) this.rowFields = grown(this.rowFields);
    this.rowFields[this.rows] = this.fields;
  }

  /** Where the field of a row stands, or -1 in a row that has more or fewer fields than `width`. */
  fieldOf(row: number, field: number, width: number): number {
    const first = this.rowFields[row] as number;
    return (this.rowFields[row + 1] as number) - first === width ? first + field : -1;
  }

  fieldCount(row: number): number {
    return (this.rowFields[row + 1] as number) - (this.rowFields[row] as number);
  }
}

function grown(items: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(items.length * 2);
  larger.set(items);
  return larger;
}
