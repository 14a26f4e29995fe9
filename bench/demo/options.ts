// What can be asked of the demo.
import { parseArgs } from 'node:util';
import { DEFAULT_EXCHANGE } from '../synthetic-people.ts';

export interface DemoOptions {
  readonly json: boolean;
  /** The service stays up until Ctrl-C, and the folder with its data afterwards. */
  readonly keep: boolean;
  /** The service stays up until Ctrl-C, and a browser is opened. */
  readonly open: boolean;
  /** On two shards of ClickHouse, PostgreSQL and two workers, which the demo starts itself. */
  readonly cluster: boolean;
  readonly rows: number;
}

export const DEMO_USAGE = `npm run demo [-- --json] [-- --rows 20000] [-- --open] [-- --keep] [-- --cluster]

  --json   print one JSON object on stdout and nothing else
  --rows   customers in Osec's file; Rando+ has half as many more (default ${DEFAULT_EXCHANGE.crmRows}); with fewer, the
           partners agree on terms of their own that let smaller audiences leave
  --open   leave the service up with all of it, print a link for each person, and open the console in a browser; Ctrl-C ends it
  --keep   the same without a browser; the folder with the partners' files and the service's data stays when it ends
  --cluster  on two shards of ClickHouse, PostgreSQL and two workers, started here (needs python3)
`;

/** Fewer rows would leave lists that are too short to be matched, and audiences too small to leave under any terms. */
const LEAST_ROWS = 3_000;

/** Options, or what is wrong with them. */
export function demoOptions(args: readonly string[]): DemoOptions | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        open: { type: 'boolean' },
        cluster: { type: 'boolean' },
        rows: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return { problem: '' };
    const rows = Number(values.rows ?? DEFAULT_EXCHANGE.crmRows);
    if (!Number.isSafeInteger(rows) || rows < LEAST_ROWS)
      return { problem: `--rows wants a whole number from ${LEAST_ROWS}` };
    const { json = false, keep = false, open = false, cluster = false } = values;
    return { json, keep, open, cluster, rows };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
