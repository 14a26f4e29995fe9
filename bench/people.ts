// Writes the example files of Osec and Rando+ into a folder: both CSV files, their schemas and the truth about them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXCERPT_ROWS, excerpt } from './synthetic-people/excerpt.ts';
import { DEFAULT_EXCHANGE, makeExchange } from './synthetic-people.ts';

/** Osec has two rows for every three of Rando+, as in the demo. */
const VISITORS_A_CUSTOMER = DEFAULT_EXCHANGE.visitorRows / DEFAULT_EXCHANGE.crmRows;

export function writePeople(options: { folder: string; crmRows: number; seed: number; excerptOnly: boolean }): object {
  const { folder, crmRows, seed, excerptOnly } = options;
  const exchange = makeExchange({ seed, crmRows, visitorRows: Math.round(crmRows * VISITORS_A_CUSTOMER) });
  mkdirSync(folder, { recursive: true });
  for (const name of ['osec', 'rando'] as const) {
    const csv = exchange[name].csv();
    writeFileSync(join(folder, `${name}.csv`), excerptOnly ? excerpt(csv, EXCERPT_ROWS) : csv);
    writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(exchange[name].schema, null, 2)}\n`);
  }
  const { pairs: _, ...truth } = exchange.truth;
  if (!excerptOnly) writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
  return { folder, referenceDay: exchange.referenceDay, segment: exchange.segment, truth };
}
