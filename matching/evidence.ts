// Which persons of a dataset version first-party evidence speaks of. Evidence is kept by keys under the tenant's key, so that
// it outlives every load; whom a key means is asked anew at each release.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Side } from './audience-sql.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { evidenceKeysTable, evidenceTable, keysTable, peopleTable } from './tables.ts';

/** Sixteen bytes each, joined. */
export interface EvidenceKeys {
  readonly selection: string;
  readonly version: string;
  readonly keys: Uint8Array;
  /** Of record ids, the place of their column in the schema; absent for identifiers. */
  readonly recordIdColumn?: number;
  readonly scratchDir: string;
}

/** The person of each key that the version knows, in blocks; a person comes once for each of its keys. */
export async function* listKeyHolders(
  engine: Engine,
  request: EvidenceKeys,
): AsyncGenerator<{ person: number; key: string }[]> {
  const { selection, version, recordIdColumn, scratchDir } = request;
  const list = evidenceKeysTable(selection);
  const path = join(scratchDir, `${list.name}.keys`);
  await engine.dropTable(list.name);
  await engine.createTable(list);
  try {
    await writeFile(path, request.keys, { mode: 0o600 });
    await engine.insertFile({ table: list.name, columns: list.columns }, { path, format: 'RowBinary' });
    const [table, column] =
      recordIdColumn === undefined
        ? [keysTable(version).name, 'match_key']
        : [tableName(version, 'records'), `c_${recordIdColumn}`];
    yield* engine.stream<{ person: number; key: string }>(
      `SELECT DISTINCT k.person AS person, lower(hex(k.key)) AS key
       FROM (SELECT person, ${column} AS key FROM ${table}) AS k INNER JOIN ${list.name} AS l ON l.match_key = k.key`,
    );
  } finally {
    await engine.dropTable(list.name);
    await rm(path, { force: true });
  }
}

/** Fills `<selection>_evidence_<side>`, which is made anew: the class of evidence of each person that has any. */
export async function writeEvidence(
  engine: Engine,
  request: { selection: string; side: Side; classes: ReadonlyMap<number, number>; scratchDir: string },
): Promise<void> {
  const table = evidenceTable(request.selection, request.side);
  await engine.dropTable(table.name);
  await engine.createTable(table);
  const rows = Buffer.alloc(request.classes.size * 8);
  let at = 0;
  for (const [person, evidence] of request.classes) {
    at = rows.writeUInt32LE(person, at);
    at = rows.writeUInt32LE(evidence, at);
  }
  const path = join(request.scratchDir, `${table.name}.rows`);
  try {
    await writeFile(path, rows, { mode: 0o600 });
    if (rows.length > 0) {
      await engine.insertFile({ table: table.name, columns: table.columns }, { path, format: 'RowBinary' });
    }
  } finally {
    await rm(path, { force: true });
  }
}

/** Classes in one statement: bound lists travel in the address of a request on a cluster. */
const CLASSES_A_STATEMENT = 2_000;

/** The match keys of every person of some consent classes, sixteen bytes each. */
export async function keysOfConsentClasses(
  engine: Engine,
  { version, classes }: { version: string; classes: readonly number[] },
): Promise<Uint8Array> {
  const keys: string[] = [];
  for (let from = 0; from < classes.length; from += CLASSES_A_STATEMENT) {
    const some = classes.slice(from, from + CLASSES_A_STATEMENT);
    const rows = engine.stream<{ match_key: string }>(
      `SELECT DISTINCT lower(hex(k.match_key)) AS match_key FROM ${keysTable(version).name} AS k
       INNER JOIN (SELECT person FROM ${peopleTable(version, []).name} WHERE consent_class IN {classes:Array(UInt32)}) AS p
         ON p.person = k.person`,
      { classes: some },
    );
    for await (const block of rows) for (const { match_key } of block) keys.push(match_key);
  }
  return Buffer.from(keys.join(''), 'hex');
}
