// `<dsv>_state`: what a later increment must know of a version beside its tables. Counts and combinations of consent, nothing of a person.
import type { Engine, TableDefinition } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';

export interface VersionState {
  /** The first number that no person of the version has had. */
  readonly nextPerson: number;
  /** The first position that no row of the version has had. */
  readonly nextPosition: number;
  /** Persons of the lowest layer, whether they still count or not. */
  readonly basePersons: number;
  readonly records: number;
  /** Keys of the lowest layer by the number of their type, whether they still count or not. */
  readonly baseKeys: Readonly<Record<number, number>>;
  /** Where the blocks of the lowest layer of the archive start. */
  readonly recordBlocks: readonly number[];
  /** The combinations of consent in the order of their classes. */
  readonly consentTexts: readonly string[];
}

function stateTable(version: string): TableDefinition {
  return { name: tableName(version, 'state'), columns: { said: 'String' }, orderBy: [], shardBy: 'random' };
}

/** Only where versions may be built upon, which is where tables have layers. */
export async function writeState(engine: Engine, version: string, state: VersionState): Promise<void> {
  if (engine.layered === undefined) return;
  const table = stateTable(version);
  await engine.createTable(table);
  await engine.command(`INSERT INTO ${table.name} SELECT {said:String} AS said`, { said: JSON.stringify(state) });
}

export async function readState(engine: Engine, version: string): Promise<VersionState | undefined> {
  const { name } = stateTable(version);
  if (!(await engine.listTables()).includes(name)) return undefined;
  const [row] = await engine.query<{ said: string }>(`SELECT said FROM ${name}`);
  return row && (JSON.parse(row.said) as VersionState);
}
