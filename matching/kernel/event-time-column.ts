// The event-time column: when the row happened. It orders the events of one person and is not an attribute.
import type { RejectCode } from '../load-request.ts';
import { type BatchCells, type CellColumn, readEach } from './cell.ts';
import type { KeptRows } from './kept-rows.ts';
import { Float64Vector } from './vector.ts';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

export class EventTimeColumn implements CellColumn {
  readonly field: string;
  /** Milliseconds since 1970. */
  readonly values = new Float64Vector();
  #staging = new Float64Array(0);

  constructor(field: string) {
    this.field = field;
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Float64Array(rows * 2);
  }

  readBatch(cells: BatchCells): void {
    readEach(this, cells);
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    const cell = bytes.toString('latin1', start, Math.min(end, start + 64));
    const instant = RFC_3339.test(cell) ? Date.parse(cell) : Number.NaN;
    if (Number.isNaN(instant)) return 'event_time_invalid';
    this.#staging[staged] = instant;
    return undefined;
  }

  readArchived(bytes: Buffer, start: number, end: number, staged: number): void {
    this.#staging[staged] = Number(bytes.toString('latin1', start, end));
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }
}
