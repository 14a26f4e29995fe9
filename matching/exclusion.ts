// Persons whom a delivery leaves out because another audience has them: customers of today, open complaints. They are found by their
// keys, as a suppression list is, so that an audience over one dataset keeps persons of another, or of a partner, out.
import type { Side } from './audience-sql.ts';
import type { Engine } from './engine/engine.ts';
import { keysTable, membersTable, suppressionTable } from './tables.ts';

export interface ExcludedPersons {
  /** Names the list of their keys. */
  readonly list: string;
  /** Whose members they are, on one side, numbered as this dataset version numbers them. */
  readonly audience: string;
  readonly side: Side;
  readonly version: string;
}

/** Fills `<list>_keys`, under the key of the version's tenant, anew. False when the members or the version are gone. */
export async function writeExcludedKeys(engine: Engine, excluded: readonly ExcludedPersons[]): Promise<boolean> {
  const existing = new Set(await engine.listTables());
  const lists = new Set(excluded.map(({ list }) => list));
  for (const list of lists) {
    await engine.dropTable(suppressionTable(list).name);
    await engine.createTable(suppressionTable(list));
  }
  for (const { list, audience, side, version } of excluded) {
    const [members, keys] = [membersTable(audience).name, keysTable(version).name];
    if (!existing.has(members) || !existing.has(keys)) return false;
    await engine.command(
      `INSERT INTO ${suppressionTable(list).name}
       SELECT DISTINCT k.match_key AS match_key FROM ${keys} AS k
       INNER JOIN (SELECT DISTINCT ${side}_person AS person FROM ${members}) AS m ON m.person = k.person`,
    );
  }
  return true;
}

/** Drops the list under the tenant's key; what was carried into a collaboration stays there. */
export async function dropExcludedKeys(engine: Engine, list: string): Promise<void> {
  await engine.dropTable(suppressionTable(list).name);
}
