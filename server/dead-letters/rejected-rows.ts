// What a platform did not take of one delivery, row by row. The rows are read off the counts of its dead letters, in the order of sending,
// so that a page of them costs a page, and each has the same number at every look.
import type { Knex } from 'knex';
import { CLASS_FACTS, type RejectionClass, rejectionClassOf } from '../../connectors/kit/rejection-class.ts';
import { ServiceError } from '../errors.ts';
import { cursorOf, type PageRequest, pageSize, positionOfCursor } from '../http/page.ts';
import { type DeadLetter, deadLetters } from './dead-letter.ts';

export interface RejectedRow {
  readonly row: number | null;
  readonly rows: number;
  readonly code: string;
  readonly letter: DeadLetter;
}

export interface RejectedCode {
  readonly code: string;
  readonly rows: number;
  readonly retryableRows: number;
}

/** In the order of sending; letters from before batches were kept in that of their ids. */
export async function listLettersOf(knex: Knex, of: { deliveryId: string; tenantId: string }): Promise<DeadLetter[]> {
  const letters = await deadLetters.listAll(knex, { delivery_id: of.deliveryId, tenant_id: of.tenantId });
  const place = ({ firstRow, batch }: DeadLetter) => [batch ?? 0, firstRow ?? Number.MAX_SAFE_INTEGER] as const;
  return letters.toSorted((one, other) => {
    const [left, right] = [place(one), place(other)];
    return left[0] - right[0] || left[1] - right[1] || (one.id < other.id ? -1 : 1);
  });
}

export const canBeRetried = ({ status, isRetryable }: DeadLetter): boolean =>
  status === 'waiting' && Number(isRetryable) === 1;

export const factsOf = (code: string): { class: RejectionClass; what_to_do: string } => {
  const kind = rejectionClassOf(code);
  return { class: kind, what_to_do: CLASS_FACTS[kind].whatToDo };
};

/** `position` counts items, which stay the same: letters are never changed but for their status. */
export function pageOfRows(
  letters: readonly DeadLetter[],
  request: PageRequest & { readonly code?: string | undefined },
): { items: RejectedRow[]; nextCursor: string | null } {
  const from = request.cursor === undefined ? 0 : positionIn(request.cursor);
  const size = pageSize(request);
  const items: RejectedRow[] = [];
  let position = 0;
  for (const run of runsOf(letters)) {
    if (request.code !== undefined && run.code !== request.code) continue;
    const length = run.firstRow === null ? 1 : run.rows;
    for (let at = Math.max(0, from - position); at < length; at++) {
      if (items.length === size) return { items, nextCursor: cursorOf(String(from + size)) };
      const { code, letter, firstRow, rows } = run;
      items.push(firstRow === null ? { row: null, rows, code, letter } : { row: firstRow + at, rows: 1, code, letter });
    }
    position += length;
  }
  return { items, nextCursor: null };
}

export function countByCode(letters: readonly DeadLetter[]): RejectedCode[] {
  const counts = new Map<string, { rows: number; retryableRows: number }>();
  for (const { code, rows, letter } of runsOf(letters)) {
    const sum = counts.get(code) ?? { rows: 0, retryableRows: 0 };
    const retryableRows = sum.retryableRows + (canBeRetried(letter) ? rows : 0);
    counts.set(code, { rows: sum.rows + rows, retryableRows });
  }
  return [...counts].map(([code, sum]) => ({ code, ...sum })).sort((one, other) => other.rows - one.rows);
}

/** Rows of one letter and one code, which stand behind each other. */
function* runsOf(letters: readonly DeadLetter[]) {
  for (const letter of letters) {
    let firstRow = letter.firstRow === null ? null : Number(letter.firstRow);
    for (const [code, rows] of Object.entries(letter.codes)) {
      yield { letter, code, rows, firstRow };
      if (firstRow !== null) firstRow += rows;
    }
  }
}

function positionIn(cursor: string): number {
  const position = Number(positionOfCursor(cursor));
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new ServiceError('cursor_invalid', { detail: 'Pass next_cursor of the page before, unchanged.' });
}
