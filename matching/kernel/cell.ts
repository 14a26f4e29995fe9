// A column of a load: reads the cells of a batch into a staging area, then keeps those of accepted rows.
// Reading comes first for the whole row, because a reject in a later column must leave no trace of the earlier ones.
import type { RejectCode } from '../load-request.ts';
import { LoadFailure } from '../load-request.ts';
import { holdsEmail, isPhoneInsteadOfCategory, isPhoneInsteadOfDigest } from './cleartext.ts';

export interface CellColumn {
  /** The name in the schema. */
  readonly field: string;
  /** Makes room for a batch. */
  stage(rows: number): void;
  /** Reads one cell into row `staged` of the staging area; the code of the reject, if it is one. */
  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined;
  /** Keeps the staged row as the next accepted one. */
  keep(staged: number): void;
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
