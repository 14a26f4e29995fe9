// For platforms that refuse a whole request because of one row: the rows they name are left out, and when they name none the
// request is halved until the rows are found. Bounded, so that a false setting does not cost a request for each row.
import { PermanentError } from './errors.ts';
import { MAX_REJECTED_REQUESTS } from './limits.ts';
import { addCounts, type Counts } from './report.ts';

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

export interface SiftedAnswers<T> {
  /** Of the requests that were taken, in the order of their rows. */
  readonly answers: readonly T[];
  readonly rejected: Counts;
}

/** Sends all rows but those the platform refuses. Any other error is passed on; a repeat starts over with all rows. */
export async function sendSifted<Row, T>(
  rows: readonly Row[],
  send: (rows: readonly Row[]) => Promise<T>,
): Promise<SiftedAnswers<T>> {
  const answers: T[] = [];
  const waiting: (readonly Row[])[] = rows.length > 0 ? [rows] : [];
  let rejected: Counts = {};
  let refusals = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    try {
      answers.push(await send(part));
    } catch (error) {
      if (!(error instanceof RequestRejected)) throw error;
      if (++refusals > MAX_REJECTED_REQUESTS) throw tooMany(error);
      const { faults, rest } = split(part, error);
      for (const code of faults) rejected = addCounts(rejected, { [code]: 1 });
      waiting.push(...rest.filter((one) => one.length > 0).reverse());
    }
  }
  return { answers, rejected };
}

function split<Row>(part: readonly Row[], refusal: RequestRejected): { faults: string[]; rest: (readonly Row[])[] } {
  const named = new Map([...refusal.rows].filter(([row]) => row >= 0 && row < part.length));
  if (named.size > 0) return { faults: [...named.values()], rest: [part.filter((_, row) => !named.has(row))] };
  if (part.length === 1) return { faults: [refusal.rowCode], rest: [] };
  const middle = part.length >> 1;
  return { faults: [], rest: [part.slice(0, middle), part.slice(middle)] };
}

function tooMany(refusal: RequestRejected): PermanentError {
  return new PermanentError('rejected', `the platform refuses too many rows (${refusal.rowCode})`, { cause: refusal });
}
