// What became of rows that a platform did not take, batch by batch, in counts and codes. Whose they were is found again by cutting the
// same changes into the same batches.
import { MAX_BATCH_LETTERS } from './limits.ts';
import { addCounts, type Counts } from './report.ts';

/** Rows rejected within a batch that was taken, rows of a batch that was not, rows that we left out, rows that were never sent. */
export type LetterKind = 'rejected_rows' | 'failed_batch' | 'invalid_rows' | 'not_sent';

export interface BatchLetter {
  readonly kind: LetterKind;
  readonly index: number;
  readonly codes: Counts;
  /** Rows of the batch, of which `codes` counts those at fault; of what was left out or not sent, those rows alone. */
  readonly rows: number;
}

/** One for each batch and kind; beyond the bound further batches are counted to the last one of their kind. */
export function withLetter(letters: readonly BatchLetter[], letter: BatchLetter): readonly BatchLetter[] {
  if (Object.keys(letter.codes).length === 0) return letters;
  const isSame = (one: BatchLetter) =>
    one.kind === letter.kind && (one.index === letter.index || letter.kind === 'invalid_rows');
  const same = letters.findLast(
    (one) => isSame(one) || (letters.length >= MAX_BATCH_LETTERS && one.kind === letter.kind),
  );
  if (same === undefined) return [...letters, letter];
  const rows = same.index === letter.index && same.kind !== 'invalid_rows' ? same.rows : same.rows + letter.rows;
  const joined = { ...same, codes: addCounts(same.codes, letter.codes), rows };
  return letters.map((one) => (one === same ? joined : one));
}

export const rowsIn = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
