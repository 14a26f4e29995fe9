// Persons to erase who are named by no key: found by comparing activation ids, and handed in by their numbers in a version.
import type { Engine } from '../engine/engine.ts';
import { activationTable, keysTable, peopleTable } from '../tables.ts';
import type { ErasureScope } from './erasure.ts';
import { erasurePersonsTable } from './erasure-tables.ts';

export interface PersonSeeds {
  readonly version: string;
  readonly persons: readonly number[];
}

/** Bound lists travel in the address of a request on a cluster, which must stay short. */
const SEEDS_A_COMMAND = 2_000;

export async function storeSeeds(
  engine: Engine,
  { scope, seeds }: { scope: ErasureScope; seeds: readonly PersonSeeds[] },
): Promise<void> {
  for (const { version, persons } of seeds) {
    if (!scope.versions.some((known) => known.version === version)) continue;
    const { name } = erasurePersonsTable(scope.erasure, version);
    for (let from = 0; from < persons.length; from += SEEDS_A_COMMAND) {
      const some = persons.slice(from, from + SEEDS_A_COMMAND);
      await engine.command(`INSERT INTO ${name} SELECT arrayJoin({persons:Array(UInt32)}) AS person`, {
        persons: some,
      });
    }
  }
}

export interface ActivationIdRow {
  readonly person: number;
  readonly column: number;
  readonly id: string;
}

/** Activation ids as they lie, sealed or not, of some columns of a version; nothing where the version has no table. */
export async function* streamActivationIds(
  engine: Engine,
  of: { version: string; columns: readonly number[] },
): AsyncGenerator<ActivationIdRow[]> {
  const { name } = activationTable(of.version);
  if (!(await engine.listTables()).includes(name)) return;
  yield* engine.stream<ActivationIdRow>(
    `SELECT person, column, id FROM ${name} WHERE column IN {columns:Array(UInt16)} AND id != ''`,
    { columns: of.columns },
  );
}

/**
 * Persons of a version whose date in a column of attributes is earlier than a day; an unknown date is not. Of an earlier version only
 * those whom the `newest` does not know: what it says of a person counts.
 */
export async function listPersonsBefore(
  engine: Engine,
  of: { version: string; column: string; before: string; newest: string },
): Promise<number[]> {
  if (!/^a_\d+$/.test(of.column)) throw new Error('not the column of an attribute');
  const { name } = peopleTable(of.version, []);
  const existing = await engine.listTables();
  if (!existing.includes(name)) return [];
  const persons: number[] = [];
  const [own, newest] = [keysTable(of.version).name, keysTable(of.newest).name];
  const before = `SELECT person FROM ${name} WHERE ${of.column} < {before:Date32}`;
  const sql =
    own === newest || !existing.includes(newest)
      ? before
      : `SELECT b.person AS person FROM (${before}) AS b ANTI LEFT JOIN (
           SELECT DISTINCT k.person AS person FROM ${own} AS k INNER JOIN ${newest} AS n ON n.match_key = k.match_key
         ) AS known ON known.person = b.person`;
  for await (const rows of engine.stream<{ person: number }>(sql, { before: of.before })) {
    for (const { person } of rows) persons.push(person);
  }
  return persons;
}
