// Erasing persons of a tenant from everything the engine holds of them: the one place that knows which tables those are.
// First whoever the named keys lead to is found, through every dataset; then every table is written anew without them.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import {
  type ErasureCounts,
  ErasureError,
  type ErasureScope,
  type ErasureSides,
  type ErasureVersion,
  type NamedKey,
} from './erase/erasure.ts';
import {
  dropErasureTables,
  eraseRows,
  erasureIdsTable,
  erasureKeysTable,
  erasurePersonsTable,
  type RowsToErase,
} from './erase/erasure-tables.ts';
import { type PersonSeeds, storeSeeds } from './erase/person-seeds.ts';
import { unheldConsent } from './erase/unheld-consent.ts';
import { dropStaleJoins } from './joined-bases.ts';
import {
  activationTable,
  deliveredTable,
  keysTable,
  membersTable,
  pairsTable,
  stringsTable,
  suppressionTable,
} from './tables.ts';

export interface PersonsToFind {
  readonly scope: ErasureScope;
  readonly named: readonly NamedKey[];
  /** Persons who were found in another way, by their numbers in a version. */
  readonly seeds?: readonly PersonSeeds[];
  /** More persons of one version than this are a mistake rather than a request: a placeholder that many share. */
  readonly maxPersons: number;
  /** A folder for one file of keys, removed before this returns. */
  readonly scratchDir: string;
}

/**
 * Fills the working tables with everybody whom the named keys lead to: whoever has a named key, then whoever shares a
 * key with them in another dataset, until nobody is added. Answers their keys. Throws ErasureError, EngineError.
 */
export async function findPersonsToErase(engine: Engine, request: PersonsToFind): Promise<NamedKey[]> {
  const { maxPersons } = request;
  const scope = await presentIn(engine, request.scope, (version) => keysTable(version).name);
  await dropErasureTables(engine, scope.erasure);
  await storeNamedKeys(engine, { ...request, scope });
  await storeSeeds(engine, { scope, seeds: request.seeds ?? [] });
  const keys = erasureKeysTable(scope.erasure).name;
  for (let known = -1, size = await countRows(engine, keys); size !== known; ) {
    known = size;
    for (const version of scope.versions) {
      const persons = await findPersonsOf(engine, scope, version);
      if (persons > maxPersons) {
        await dropErasureTables(engine, scope.erasure);
        throw new ErasureError('too_many_persons', persons);
      }
      if (persons > 0) await addKeysOf(engine, scope, version);
    }
    size = await countRows(engine, keys);
  }
  await collectIds(engine, scope);
  return listKeys(engine, keys);
}

/** How many persons of a version were found. */
export async function countPersonsToErase(engine: Engine, of: { erasure: string; version: string }): Promise<number> {
  return countRows(engine, erasurePersonsTable(of.erasure, of.version).name);
}

/** Takes the persons out that `findPersonsToErase` found. Cut at any point, it may be run again after `endCutErasure`. */
export async function eraseFoundPersons(engine: Engine, wanted: ErasureScope): Promise<ErasureCounts> {
  const scope = await presentIn(engine, wanted, (version) => erasurePersonsTable(wanted.erasure, version).name);
  const existing = new Set(await engine.listTables());
  const erase = async (rows: RowsToErase) => (existing.has(rows.table) ? eraseRows(engine, rows) : 0);
  let persons = 0;
  for (const { version } of scope.versions) {
    persons += await countPersonsToErase(engine, { erasure: scope.erasure, version });
  }
  await dropStaleJoins(engine, 'all');
  const carried = await eraseFromShares(engine, scope, erase);
  // A tenant's own tables last and their keys at the very end: by those a second attempt finds the same persons again.
  let versions = 0;
  for (const { version } of scope.versions) {
    const doomed = personsOf(scope, version);
    let rows = 0;
    for (const suffix of ['activation', 'people', 'records']) {
      rows += await erase({ table: tableName(version, suffix), column: 'person', doomed });
    }
    for (const said of existing.has(stringsTable(version).name) ? await unheldConsent(engine, version) : []) {
      rows += await erase(said);
    }
    rows += await erase({ table: keysTable(version).name, column: 'person', doomed });
    if (rows > 0) versions++;
  }
  return { persons, versions, ...carried };
}

/** A version whose tables are being dropped may still have its row in the control plane, and the other way round. */
async function presentIn(
  engine: Engine,
  scope: ErasureScope,
  tableOf: (version: string) => string,
): Promise<ErasureScope> {
  const names = new Set(await engine.listTables());
  const isThere = ({ version }: { version: string }) => names.has(tableOf(version));
  const sideOf = (version: string | undefined) => (version !== undefined && isThere({ version }) ? version : undefined);
  const present = <T extends ErasureSides>(one: T): T => ({ ...one, left: sideOf(one.left), right: sideOf(one.right) });
  return {
    ...scope,
    versions: scope.versions.filter(isThere),
    contributions: scope.contributions.filter(isThere),
    matches: scope.matches.map(present),
    audiences: scope.audiences.map(present),
  };
}

async function eraseFromShares(
  engine: Engine,
  scope: ErasureScope,
  erase: (rows: RowsToErase) => Promise<number>,
): Promise<Omit<ErasureCounts, 'persons' | 'versions'>> {
  const counts = { contributions: 0, matches: 0, audiences: 0, suppressionEntries: 0, deliveredIds: 0 };
  for (const { match, ...sides } of scope.matches) {
    if ((await eraseSides(scope, { table: pairsTable(match).name, ...sides }, erase)) > 0) counts.matches++;
  }
  for (const { audience, ...sides } of scope.audiences) {
    if ((await eraseSides(scope, { table: membersTable(audience).name, ...sides }, erase)) > 0) counts.audiences++;
    counts.deliveredIds += await eraseDelivered(engine, { scope, audience }, erase);
  }
  for (const { contribution, version } of scope.contributions) {
    await eraseFromLeftOut(engine, { contribution, persons: personsOf(scope, version) }, erase);
    const rows = { table: keysTable(contribution).name, column: 'person', doomed: personsOf(scope, version) };
    if ((await erase(rows)) > 0) counts.contributions++;
  }
  const keys = {
    sql: `SELECT match_key FROM ${erasureKeysTable(scope.erasure).name} WHERE dataset = ''`,
    key: 'match_key',
  };
  for (const list of scope.suppressionLists) {
    const entries = await erase({ table: suppressionTable(list).name, column: 'match_key', doomed: keys });
    counts.suppressionEntries += entries;
    if (entries > 0) await dropCarriedLists(engine, list);
  }
  return counts;
}

/** Whom activations leave out is kept in a collaboration by keys of the contribution, which go while they still say whose they are. */
async function eraseFromLeftOut(
  engine: Engine,
  { contribution, persons }: { contribution: string; persons: RowsToErase['doomed'] },
  erase: (rows: RowsToErase) => Promise<number>,
): Promise<void> {
  const names = await engine.listTables();
  if (!names.includes(keysTable(contribution).name)) return;
  const sql = `SELECT k.match_key AS match_key FROM ${keysTable(contribution).name} AS k
    INNER JOIN (${persons.sql}) AS p ON p.person = k.person`;
  for (const table of names.filter((one) => /_suppressed_(act|exc)_/.test(one))) {
    await erase({ table, column: 'match_key', doomed: { sql, key: 'match_key' } });
  }
}

async function eraseSides(
  scope: ErasureScope,
  of: { table: string; left: string | undefined; right: string | undefined },
  erase: (rows: RowsToErase) => Promise<number>,
): Promise<number> {
  let rows = 0;
  for (const side of ['left', 'right'] as const) {
    const version = of[side];
    if (version === undefined) continue;
    rows += await erase({ table: of.table, column: `${side}_person`, doomed: personsOf(scope, version) });
  }
  return rows;
}

const WITHOUT_COLUMN = "arrayMap(part -> substring(part, position(part, ':') + 1), splitByChar('|', t.id))";

/** What destinations were told, single ids as well as those composed of several columns: `<column>:<id>|…`. */
async function eraseDelivered(
  engine: Engine,
  { scope, audience }: { scope: ErasureScope; audience: string },
  erase: (rows: RowsToErase) => Promise<number>,
): Promise<number> {
  const prefix = membersTable(audience).name.replace(/members$/, 'delivered_');
  const ids = erasureIdsTable(scope.erasure).name;
  const untold = new Set(scope.untold.map((told) => deliveredTable(told.audience, told.destination).name));
  let erased = 0;
  for (const table of (await engine.listTables()).filter((name) => name.startsWith(prefix))) {
    const over = `SELECT id FROM ${table} GROUP BY id HAVING argMax(state, (round, step)) < 0`;
    const told = untold.has(table) ? over : `SELECT DISTINCT id FROM ${table}`;
    const parts = `SELECT t.id AS id, arrayJoin(arrayConcat([t.id], ${WITHOUT_COLUMN})) AS part FROM (${told}) AS t`;
    const sql = `SELECT p.id AS id FROM (${parts}) AS p
      INNER JOIN (SELECT id FROM ${ids}) AS i ON i.id = p.part`;
    erased += await erase({ table, column: 'id', doomed: { sql, key: 'id' } });
  }
  return erased;
}

/** Carried lists lie under another key; the next delivery carries what is left anew. */
async function dropCarriedLists(engine: Engine, list: string): Promise<void> {
  const names = await engine.listTables();
  for (const name of names.filter((one) => one.endsWith(`_suppressed_${list}`))) await engine.dropTable(name);
}

function personsOf({ erasure }: ErasureScope, version: string): RowsToErase['doomed'] {
  return { sql: `SELECT person FROM ${erasurePersonsTable(erasure, version).name}`, key: 'person' };
}

async function storeNamedKeys(engine: Engine, { scope, named, scratchDir }: PersonsToFind): Promise<void> {
  const table = erasureKeysTable(scope.erasure);
  await engine.createTable(table);
  for (const { version } of scope.versions) {
    await engine.createTable(erasurePersonsTable(scope.erasure, version));
  }
  await engine.createTable(erasureIdsTable(scope.erasure));
  if (named.length === 0) return;
  const path = join(scratchDir, `${table.name}.keys`);
  try {
    // RowBinary: sixteen bytes, then the length of the text and the text, which is an id and so shorter than 128.
    const rows = named.flatMap(({ key, dataset = '' }) => [key, Uint8Array.of(dataset.length), Buffer.from(dataset)]);
    await writeFile(path, Buffer.concat(rows), { mode: 0o600 });
    await engine.insertFile({ table: table.name, columns: table.columns }, { path, format: 'RowBinary' });
  } finally {
    await rm(path, { force: true });
  }
}

async function findPersonsOf(engine: Engine, scope: ErasureScope, at: ErasureVersion): Promise<number> {
  const keys = erasureKeysTable(scope.erasure).name;
  const persons = erasurePersonsTable(scope.erasure, at.version);
  const byKey = `SELECT k.person AS person FROM ${keysTable(at.version).name} AS k
    INNER JOIN (SELECT match_key FROM ${keys} WHERE dataset = '') AS n ON n.match_key = k.match_key`;
  const byRecord = `SELECT r.person AS person FROM ${tableName(at.version, 'records')} AS r
    INNER JOIN (SELECT match_key FROM ${keys} WHERE dataset = {dataset:String}) AS n ON n.match_key = r.${recordColumn(at)}`;
  const found = at.recordIdPlace === undefined ? byKey : `${byKey} UNION ALL ${byRecord}`;
  await engine.command(
    `INSERT INTO ${persons.name} SELECT f.person AS person FROM (SELECT DISTINCT person FROM (${found})) AS f
     ANTI LEFT JOIN (SELECT person FROM ${persons.name}) AS known ON known.person = f.person`,
    { dataset: at.dataset },
  );
  return countRows(engine, persons.name);
}

async function addKeysOf(engine: Engine, scope: ErasureScope, at: ErasureVersion): Promise<void> {
  const keys = erasureKeysTable(scope.erasure).name;
  const persons = erasurePersonsTable(scope.erasure, at.version).name;
  const add = (found: string, dataset: string) =>
    engine.command(
      `INSERT INTO ${keys} SELECT f.match_key AS match_key, {dataset:String} AS dataset FROM (${found}) AS f
       ANTI LEFT JOIN (SELECT match_key FROM ${keys} WHERE dataset = {dataset:String}) AS known ON known.match_key = f.match_key`,
      { dataset },
    );
  const ofPersons = (table: string, column: string) =>
    `SELECT DISTINCT t.${column} AS match_key FROM ${table} AS t INNER JOIN (SELECT person FROM ${persons}) AS p ON p.person = t.person`;
  await add(ofPersons(keysTable(at.version).name, 'match_key'), '');
  if (at.recordIdPlace === undefined) return;
  await add(ofPersons(tableName(at.version, 'records'), recordColumn(at)), at.dataset);
}

async function collectIds(engine: Engine, scope: ErasureScope): Promise<void> {
  const ids = erasureIdsTable(scope.erasure).name;
  for (const { version } of scope.versions) {
    const persons = erasurePersonsTable(scope.erasure, version).name;
    await engine.command(
      `INSERT INTO ${ids} SELECT DISTINCT a.id AS id FROM ${activationTable(version).name} AS a
       INNER JOIN (SELECT person FROM ${persons}) AS p ON p.person = a.person WHERE a.id != ''`,
    );
  }
}

function recordColumn({ recordIdPlace }: ErasureVersion): string {
  return `c_${Number(recordIdPlace)}`;
}

async function listKeys(engine: Engine, table: string): Promise<NamedKey[]> {
  const rows = await engine.query<{ match_key: string; dataset: string }>(
    `SELECT lower(hex(match_key)) AS match_key, dataset FROM ${table}`,
  );
  return rows.map(({ match_key, dataset }) => ({
    key: Buffer.from(match_key, 'hex'),
    dataset: dataset === '' ? undefined : dataset,
  }));
}

async function countRows(engine: Engine, table: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
  return Number(row?.n ?? 0);
}
