// The way back: an empty database and an empty engine become what was backed up. Nothing is written before every file has been held
// against its digest and the root key against the wrapped keys.
import { cp, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../matching/engine/engine.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { MIGRATIONS } from '../database/migrations.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { readLedger } from '../deletions/erasure-ledger.ts';
import { type KeyName, unwrapKey } from '../keys/key-wrapping.ts';
import { copyEngineIn } from './engine-copy.ts';
import { type DataManifest, type KeysManifest, readManifests } from './manifest.ts';
import { copyIn, listCopiedTables } from './table-copy.ts';

export interface RestoreGround {
  readonly config: Config;
  readonly db: Database;
  readonly engine: Engine;
  readonly rootKey: Uint8Array;
  /** The ledger is lost, and whoever runs the restore answers for it. */
  readonly isWithoutLedger: boolean;
  /** Says which table is under way. */
  tell(step: string): void;
}

export async function restore(
  ground: RestoreGround,
  folders: { readonly data: string; readonly keys: string },
): Promise<DataManifest> {
  ground.tell('checking the backup');
  const { data, keys } = await readManifests(folders);
  await assertRootKey(ground.rootKey, folders.keys, keys);
  await assertLedger(ground, data);
  await migrateTo(ground.db, data.migrations);
  await assertEmpty(ground);
  await copyEngineIn(ground.engine, folders.data, data.engine, ground.tell);
  for (const { path } of data.files) {
    const [, ...place] = path.split('/');
    await cp(join(folders.data, path), join(ground.config.dataDir, ...place), { recursive: true });
  }
  // Last, and in one transaction: without its rows the service knows of nothing that the engine holds.
  await copyRows(ground, folders, { data, keys });
  ground.tell('bringing the schema to this release');
  await migrateUp(ground.db);
  return data;
}

/** Without the ledger of now, whoever was erased after the backup comes back with it, and nobody would know. */
async function assertLedger(ground: RestoreGround, { tables }: DataManifest): Promise<void> {
  const path = ground.config.erasureLedgerFile;
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  const inLedger = isThere ? (await readLedger(ground)).length : 0;
  const inBackup = tables.find(({ name }) => name === 'tombstones')?.rows ?? 0;
  // The ledger of now has every tombstone of any backup, and those since.
  if (isThere && inLedger >= inBackup) return;
  const fault = isThere
    ? `the erasure ledger at ${path} is not the one of now: it has ${inLedger} tombstones, the backup ${inBackup}`
    : `there is no erasure ledger at ${path}`;
  if (ground.isWithoutLedger) {
    ground.tell(`${fault}; whoever was erased after this backup comes back with it`);
    return;
  }
  throw new Error(
    `${fault}: put the ledger of now there, which names whoever was erased since the backup, or say --without-erasure-ledger, if nobody was or they are to come back`,
  );
}

async function assertRootKey(rootKey: Uint8Array, folder: string, { tables }: KeysManifest): Promise<void> {
  for (const { path } of tables) {
    const [line = ''] = (await readFile(join(folder, path), 'utf8')).split('\n');
    if (line === '') continue;
    const row = JSON.parse(line) as Record<string, string | number>;
    const name = {
      purpose: row.purpose,
      ownerId: row.owner_id,
      objectId: row.object_id,
      version: Number(row.version),
    } as KeyName;
    await unwrapKey(rootKey, name, String(row.wrapped)).catch(() => {
      throw new Error(
        'the root key is not the one that these keys are wrapped under: name its file by ECLUSE_ROOT_KEY_FILE',
      );
    });
  }
}

/** To the schema of the backup; a backup of a newer release is refused. */
async function migrateTo(db: Database, migrations: readonly string[]): Promise<void> {
  const unknown = migrations.filter((name) => MIGRATIONS.every((known) => known.name !== name));
  if (unknown.length > 0) throw new Error(`the backup is of a newer release: ${unknown.join(', ')}`);
  const wanted = MIGRATIONS.filter(({ name }) => migrations.includes(name));
  await migrateUp(db, wanted).catch((thrown: Error) => {
    throw new Error(`the database cannot take this backup, it must be empty: ${thrown.message}`);
  });
}

async function assertEmpty({ db, engine }: RestoreGround): Promise<void> {
  for (const table of ['tenants', 'members', 'wrapped_keys', 'audit_leaves']) {
    const row = await db.knex(table).first();
    if (row !== undefined)
      throw new Error(
        `the database is in use (${table} has rows): restore into an empty one, before any \`ecluse serve\``,
      );
  }
  const [table] = await engine.listTables();
  if (table !== undefined) throw new Error(`the engine is in use (${table}): restore into an empty one`);
}

async function copyRows(
  ground: RestoreGround,
  folders: { data: string; keys: string },
  { data, keys }: { data: DataManifest; keys: KeysManifest },
): Promise<void> {
  const { db } = ground;
  await writeTransaction(db, async (trx) => {
    const order = await listCopiedTables(trx, db.dialect);
    const sources = [
      ...data.tables.map((table) => ({ table, folder: folders.data })),
      ...keys.tables.map((table) => ({ table, folder: folders.keys })),
    ].toSorted((a, b) => order.indexOf(a.table.name) - order.indexOf(b.table.name));
    // Migrations leave a few rows of their own, such as the head of an empty log.
    for (const { table } of sources.toReversed()) if (table.name !== 'audit_leaves') await trx(table.name).delete();
    for (const { table, folder } of sources) {
      ground.tell(table.name);
      await copyIn(trx, folder, table);
    }
  });
}
