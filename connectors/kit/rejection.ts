// For platforms that refuse a whole request because of one row: the rows they name are left out, and when they name none the
// request is halved until the rows are found. Bounded, so that a false setting does not cost a request for each row.
import { PermanentError } from './errors.ts';
import { MAX_REJECTED_REQUESTS } from './limits.ts';
import type { Counts } from './report.ts';

/** Some row of the request is at fault. `rows` gives the platform's code by place; empty when it does not say which. */
export class RequestRejected extends PermanentError {
  readonly rows: ReadonlyMap<number, string>;
  readonly rowCode: string;
  constructor(options: { rowCode: string; rows?: ReadonlyMap<number, string> }) {
    super('rejected', `the platform refused rows (${options.rowCode})`);
    this.rows = options.rows ?? new Map();
    this.rowCode = options.rowCode;
  }
}

export interface SiftedAnswers<Row, T> {
  /** Of the requests that were taken, in the order of their rows. */
  readonly answers: readonly T[];
  readonly rejected: Counts;
  /** The rows themselves, each with its code: what `rejected` counts. */
  readonly faults: readonly RowFault<Row>[];
}

export interface RowFault<Row> {
  readonly row: Row;
  readonly code: string;
}

/** By the id of a row; of two codes the first. */
export function namedBy<Row>(faults: readonly RowFault<Row>[], idOf: (row: Row) => string): Map<string, string> {
  const named = new Map<string, string>();
  for (const { row, code } of faults) if (!named.has(idOf(row))) named.set(idOf(row), code);
  return named;
}

export const countedCodes = (codes: Iterable<string>): Counts => {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

/** Sends all rows but those the platform refuses. Any other error is passed on; a repeat starts over with all rows. */
export async function sendSifted<Row, T>(
  rows: readonly Row[],
  send: (rows: readonly Row[]) => Promise<T>,
): Promise<SiftedAnswers<Row, T>> {
  const answers: T[] = [];
  const waiting: (readonly Row[])[] = rows.length > 0 ? [rows] : [];
  const faults: RowFault<Row>[] = [];
  let refusals = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    try {
      answers.push(await send(part));
    } catch (error) {
      if (!(error instanceof RequestRejected)) throw error;
      if (++refusals > MAX_REJECTED_REQUESTS) throw tooMany(error);
      const { found, rest } = split(part, error);
      faults.push(...found);
      waiting.push(...rest.filter((one) => one.length > 0).reverse());
    }
  }
  return { answers, faults, rejected: countedCodes(faults.map(({ code }) => code)) };
}

function split<Row>(
  part: readonly Row[],
  refusal: RequestRejected,
): { found: RowFault<Row>[]; rest: (readonly Row[])[] } {
  const named = new Map([...refusal.rows].filter(([place]) => place >= 0 && place < part.length));
  const found = part.flatMap((row, place) => {
    const code = named.get(place);
    return code === undefined ? [] : [{ row, code }];
  });
  if (found.length > 0) return { found, rest: [part.filter((_, place) => !named.has(place))] };
  if (part.length === 1) return { found: [{ row: part[0]!, code: refusal.rowCode }], rest: [] };
  const middle = part.length >> 1;
  return { found: [], rest: [part.slice(0, middle), part.slice(middle)] };
}

function tooMany(refusal: RequestRejected): PermanentError {
  return new PermanentError('rejected', `the platform refuses too many rows (${refusal.rowCode})`, { cause: refusal });
}
