// Consent strings, and what was read in them, that nobody of a version holds any more: a string may be one person's alone, so it goes
// with the last who had it.
import type { Engine } from '../engine/engine.ts';
import { tableName } from '../engine/settings.ts';
import { consentsTable, peopleTable, stringsTable } from '../tables.ts';
import type { RowsToErase } from './erasure-tables.ts';

/** Told by the people and the records that are left, so that a second attempt comes to the same. */
export async function unheldConsent(engine: Engine, version: string): Promise<RowsToErase[]> {
  const consents = consentsTable(version).name;
  const strings = stringsTable(version).name;
  const records = tableName(version, 'records');
  const numbered = await engine.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
     AND startsWith(name, 'c_') AND type = 'UInt32'`,
    { table: records },
  );
  const held = numbered.map(({ name }) => `SELECT ${name} AS string FROM ${records}`).join(' UNION ALL ');
  return [
    {
      table: consents,
      column: 'consent_class',
      doomed: {
        sql: `SELECT c.consent_class AS consent_class FROM ${consents} AS c
          ANTI LEFT JOIN (SELECT DISTINCT consent_class FROM ${peopleTable(version, []).name}) AS p
          ON p.consent_class = c.consent_class`,
        key: 'consent_class',
      },
    },
    {
      table: strings,
      column: 'string',
      doomed: {
        sql: `SELECT s.string AS string FROM ${strings} AS s
          ANTI LEFT JOIN (SELECT DISTINCT string FROM (${held})) AS h ON h.string = s.string`,
        key: 'string',
      },
    },
  ];
}
