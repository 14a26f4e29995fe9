// A load that builds on the version before: where a file brings little, only the persons that it is about are written anew, and
// everybody else stays in files that both versions share. What it comes to is what a load of everything would come to.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IncrementBase, Kernel } from './anonymise.ts';
import { archivedRowsQuery, recordsTable } from './archive.ts';
import type { Engine, TableDefinition, TableLayers } from './engine/engine.ts';
import { columnList, tableName } from './engine/settings.ts';
import { columnsOf } from './kernel/column-set.ts';
import { runInThread } from './kernel/kernel-threads.ts';
import { PersonSet, readPersonSet } from './kernel/key-file.ts';
import { bytesOf, NativeFile } from './kernel/native-file.ts';
import { SMALLEST_REWRITTEN_PART } from './limits.ts';
import type { LoadRequest } from './load-request.ts';
import { hasConsentStrings } from './tables.ts';
import type { VersionFile } from './version-files.ts';
import { readState } from './version-state.ts';

/** The version that an increment may build on. */
export interface IncrementBasis {
  readonly previous: string;
  readonly base: IncrementBase;
  readonly records: TableLayers;
}

const LINKED_TABLES = ['keys', 'people', 'activation', 'records'] as const;

/**
 * Undefined where the load reads everything: replacing, deleting (whose rows must be gone from the disk as well), on a cluster,
 * where consent strings are numbered anew, and where the earlier version does not lie as the kernel wrote it.
 */
export async function findIncrementBasis(engine: Engine, request: LoadRequest): Promise<IncrementBasis | undefined> {
  const { mode, previousVersion: previous, schema } = request;
  const { layered } = engine;
  if (layered === undefined || mode !== 'upsert' || previous === undefined || hasConsentStrings(schema))
    return undefined;
  const state = await readState(engine, previous);
  const layers: TableLayers[] = [];
  for (const suffix of LINKED_TABLES) {
    const found = await layered.find(tableName(previous, suffix));
    if (found === undefined || found.origin !== (layers[0]?.origin ?? found.origin)) return undefined;
    layers.push(found);
  }
  const [keys, , , records] = layers as [TableLayers, TableLayers, TableLayers, TableLayers];
  const path = await engine.findFile(keys.base);
  const archive = await engine.findFile(records.base);
  if (state?.recordBlocks === undefined || path === undefined || archive === undefined) return undefined;
  const gone = keys.gone && (await engine.findFile(keys.gone));
  return { previous, base: { state, keys: path, records: archive, gone }, records };
}

/** Gives the kernel what it must know of the earlier version; undefined where the file brings too much for an increment. */
export async function takeIncrement(
  engine: Engine,
  { request, kernel, basis }: { request: LoadRequest; kernel: Kernel; basis: IncrementBasis },
): Promise<IncrementBase | undefined> {
  const { base, records } = basis;
  const { scratchDir, schema } = request;
  const gone = readPersonSet(base.gone);
  const asked = await kernel.writeAskedRecords();
  const [found, holders] = await Promise.all([
    kernel.findTouched(base),
    asked === undefined ? new Uint32Array(0) : findHolders({ asked, base }),
  ]);
  if (asked !== undefined) await rm(asked, { force: true });
  const [top] = records.top ? await engine.query<{ n: number }>(`SELECT count() AS n FROM ${records.top}`) : [];
  if ((found.rows + (top?.n ?? 0)) * SMALLEST_REWRITTEN_PART > base.state.records) {
    await dropIncrementRests(engine, request);
    return undefined;
  }
  const touched = new PersonSet();
  touched.addAll(found.persons, found.persons.length);
  touched.addAll(holders, holders.length);
  const rows = await archivedRows(engine, { request, records, touched });
  if (rows !== undefined) {
    const query = archivedRowsQuery(rows, columnsOf(schema));
    await kernel.takeArchive(engine.streamBinary(query), true);
    await engine.dropTable(touchedTable(request.version).name);
  }
  const persons = touched.list();
  gone.addAll(persons, persons.length);
  return { ...base, gone: gone.size === 0 ? undefined : await writePersons(gone, goneFile(scratchDir)) };
}

export async function storeIncrement(
  engine: Engine,
  { basis, base, files }: { basis: IncrementBasis; base: IncrementBase; files: readonly VersionFile[] },
): Promise<void> {
  // Beside each other, so that one waits for the disk while the next is made; none is still being made where one fails.
  const stacked = await Promise.allSettled(
    files.map(({ table, path, rows }) => {
      const under = `${basis.previous}${table.name.slice(basis.previous.length)}`;
      return engine.layered?.stack(table, { under, top: { path, rows }, gonePath: base.gone });
    }),
  );
  for (const result of stacked) if (result.status === 'rejected') throw result.reason;
  if (base.gone !== undefined) await rm(base.gone, { force: true });
}

/** Working tables and files of an increment, gone once it stands. */
export async function dropIncrementRests(engine: Engine, { version, scratchDir }: LoadRequest): Promise<void> {
  await engine.dropTable(touchedTable(version).name);
  for (const name of ['asked.native', 'touched.native', 'gone.native'])
    await rm(join(scratchDir, name), { force: true });
}

function touchedTable(version: string): TableDefinition {
  return { name: tableName(version, 'touched'), columns: { person: 'UInt32' }, orderBy: ['person'], shardBy: 'person' };
}

function goneFile(scratchDir: string): string {
  return join(scratchDir, 'gone.native');
}

function findHolders({ asked, base }: { asked: string; base: IncrementBase }): Promise<Uint32Array> {
  const { recordBlocks: blocks } = base.state;
  return runInThread({ kind: 'holders', asked, records: base.records, blocks, gone: base.gone });
}

/** A query of the rows that are written anew: all of the top, and those of the touched persons. */
async function archivedRows(
  engine: Engine,
  { request, records, touched }: { request: LoadRequest; records: TableLayers; touched: PersonSet },
): Promise<string | undefined> {
  const all = columnList(recordsTable(request.version, columnsOf(request.schema)).columns);
  const parts = records.top === undefined ? [] : [`SELECT ${all} FROM ${records.top}`];
  if (touched.size > 0) {
    const table = touchedTable(request.version);
    const path = await writePersons(touched, join(request.scratchDir, 'touched.native'));
    await engine.adoptFile(table, { path, rows: touched.size });
    parts.push(`SELECT ${all} FROM ${records.base} WHERE person IN (SELECT person FROM ${table.name})`);
  }
  return parts.length === 0 ? undefined : parts.join(' UNION ALL ');
}

async function writePersons(persons: PersonSet, path: string): Promise<string> {
  const file = await NativeFile.create(path);
  const list = persons.list();
  await file.write(list.length, [{ name: 'person', type: 'UInt32', data: [bytesOf(list)] }]);
  await file.close();
  return path;
}
