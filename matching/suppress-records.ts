// Persons of a dataset version who are named by record ids go on a suppression list by every identifier of theirs, so that the list
// meets them in each dataset and collaboration.
import type { Engine } from './engine/engine.ts';
import { personsSql } from './removal-candidates.ts';
import { keysTable, suppressionTable } from './tables.ts';

export interface RecordsToSuppress {
  readonly list: string;
  readonly version: string;
  /** A list of record keys, as `loadKeyList` made it. */
  readonly records: string;
  /** The record id's place in the schema. */
  readonly column: number;
}

/** Run again it adds the same keys again, which changes neither the set nor its count. Nothing where the version is not there. */
export async function suppressRecords(engine: Engine, request: RecordsToSuppress): Promise<void> {
  const { version, records: list, column } = request;
  const existing = await engine.listTables();
  const [keys, table] = [keysTable(version).name, suppressionTable(request.list)];
  if (!existing.includes(keys)) return;
  if (!existing.includes(table.name)) await engine.createTable(table);
  const persons = personsSql({ version, by: 'record-id', list, column });
  await engine.command(
    `INSERT INTO ${table.name} SELECT DISTINCT k.match_key AS match_key FROM ${keys} AS k
     INNER JOIN (${persons}) AS p ON p.person = k.person`,
  );
}
