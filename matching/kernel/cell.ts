// A column of a load: reads the cells of a batch into a staging area, then keeps those of accepted rows.
// Reading comes first for the whole row, because a reject in a later column must leave no trace of the earlier ones.
import type { RejectCode } from '../load-request.ts';
import { LoadFailure } from '../load-request.ts';
import { holdsEmail, isPhoneInsteadOfCategory, isPhoneInsteadOfDigest } from './cleartext.ts';
import type { KeptRows } from './kept-rows.ts';
import type { RowBatch } from './rows.ts';
import type { Verdicts } from './verdicts.ts';

/** One column of a batch of rows. */
export interface BatchCells {
  readonly batch: RowBatch;
  /** Its place in the file, of which all rows but the irregular ones have `width`. */
  readonly field: number;
  readonly width: number;
  /** Its place in the schema. */
  readonly place: number;
  readonly verdicts: Verdicts;
}

export interface CellColumn {
  /** The name in the schema. */
  readonly field: string;
  /** Makes room for a batch. */
  stage(rows: number): void;
  /**
   * Reads the column of a whole batch into the staging area. A loop of its own in each class: in one they would share,
   * every cell would cost a call that the compiler cannot see through.
   */
  readBatch(cells: BatchCells): void;
  /** Reads one cell into row `staged` of the staging area; the code of the reject, if it is one. */
  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined;
  /** Keeps staged rows as the next accepted ones. */
  keep(kept: KeptRows): void;
}

/** For columns that are seldom or cost more than a call. */
export function readEach(column: CellColumn, { batch, field, width, place, verdicts }: BatchCells): void {
  const { bytes, starts, ends } = batch;
  for (let row = 0; row < batch.rows; row++) {
    const at = batch.fieldOf(row, field, width);
    if (at < 0) continue;
    const code = column.read(bytes, starts[at] as number, ends[at] as number, row);
    if (code !== undefined) verdicts.add(row, code, place);
  }
}

/** Thrown by a cell and given its row by whoever counts rows. */
export class CleartextFound extends Error {
  /** Its place in the batch, where no row was being read. */
  readonly row: number;

  constructor({ row = 0 }: { row?: number } = {}) {
    super();
    this.row = row;
  }
}

export function refuseCleartext(cell: string, due: 'digest' | 'category' | 'other'): void {
  if (holdsEmail(cell)) throw new CleartextFound();
  if (due === 'digest' && isPhoneInsteadOfDigest(cell)) throw new CleartextFound();
  if (due === 'category' && isPhoneInsteadOfCategory(cell)) throw new CleartextFound();
}

export function cleartextFailure(at: { row: number; field: string | undefined }): LoadFailure {
  return new LoadFailure('cleartext_identifier', {
    ...at,
    hint: 'an email address or a telephone number in the clear; hash the file with the partner tool and upload it again',
  });
}
