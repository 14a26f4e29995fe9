// What became of rows that a platform did not take, batch by batch, in counts and codes. Whose they were is found again by cutting the
// same changes into the same batches.
import type { Batch } from './batches.ts';
import type { NamedRows } from './define-destination.ts';
import { MAX_BATCH_LETTERS, MAX_NAMED_ROWS } from './limits.ts';
import { addCounts, type Counts } from './report.ts';

/** Rows rejected within a batch that was taken, rows of a batch that was not, rows that we left out, rows that were never sent. */
export type LetterKind = 'rejected_rows' | 'failed_batch' | 'invalid_rows' | 'not_sent';

export interface BatchLetter {
  readonly kind: LetterKind;
  readonly index: number;
  readonly codes: Counts;
  /** Rows of the batch, of which `codes` counts those at fault; of what was named, left out or not sent, those rows alone. */
  readonly rows: number;
  /** Where in the batch the rows stand, from 0 in the order of sending, where the platform says which they are: all under one code. */
  readonly places?: readonly number[];
  /** Of the batch, so that its ids are found again in no other. */
  readonly sha256?: string;
}

/** One for each batch and kind, and for each code of named rows; beyond the bound further batches are counted to the last one of their kind. */
export function withLetter(letters: readonly BatchLetter[], letter: BatchLetter): readonly BatchLetter[] {
  if (Object.keys(letter.codes).length === 0) return letters;
  if (letter.places !== undefined && letters.length < MAX_BATCH_LETTERS) return [...letters, letter];
  const isSame = (one: BatchLetter) =>
    one.kind === letter.kind &&
    one.places === undefined &&
    (one.index === letter.index || letter.kind === 'invalid_rows');
  const same = letters.findLast(
    (one) => isSame(one) || (letters.length >= MAX_BATCH_LETTERS && one.kind === letter.kind),
  );
  if (same === undefined) return [...letters, withoutPlaces(letter)];
  const rows = same.index === letter.index && same.kind !== 'invalid_rows' ? same.rows : same.rows + letter.rows;
  const joined = { ...withoutPlaces(same), codes: addCounts(same.codes, letter.codes), rows };
  return letters.map((one) => (one === same ? joined : one));
}

function withoutPlaces({ places: _, ...letter }: BatchLetter): BatchLetter {
  return letter;
}

/** Of rows rejected on the way in: one letter for each code of those that the platform names, one for those it only counts. */
export function rejectedLetters(
  letters: readonly BatchLetter[],
  of: { batch: Batch; rejected: Counts; named: NamedRows },
): readonly BatchLetter[] {
  const { batch, rejected } = of;
  const room = letters.reduce((left, { places }) => left - (places?.length ?? 0), MAX_NAMED_ROWS);
  const named = of.named.size > room ? new Map<string, string>() : of.named;
  const placesOf = new Map<string, number[]>();
  let place = 0;
  if (named.size > 0) {
    batch.forEach((id) => {
      const code = named.get(id);
      if (code !== undefined) {
        const places = placesOf.get(code) ?? [];
        places.push(place);
        placesOf.set(code, places);
      }
      place++;
    });
  }
  const about = { kind: 'rejected_rows', index: batch.index, sha256: batch.sha256 } as const;
  let all = letters;
  const unnamed: Record<string, number> = { ...rejected };
  let rows = batch.added + batch.removed;
  for (const [code, places] of placesOf) {
    all = withLetter(all, { ...about, codes: { [code]: places.length }, rows: places.length, places });
    unnamed[code] = Math.max(0, (unnamed[code] ?? 0) - places.length);
    rows -= places.length;
  }
  return withLetter(all, { ...about, codes: addCounts({}, unnamed), rows });
}

export const rowsIn = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
