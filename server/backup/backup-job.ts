// The job behind `ecluse backup`: runs alone, so that no table of the engine changes under it, and reads the control plane in one
// snapshot. Manifests are written last; a folder without one is no backup.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { instantOf } from '../clock.ts';
import { MIGRATIONS } from '../database/migrations.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { copyEngineOut } from './engine-copy.ts';
import { type CopiedFile, type CopiedTable, sha256Of, writeManifest } from './manifest.ts';
import { copyOut, KEY_TABLE, listCopiedTables } from './table-copy.ts';

export const BACKUP_KIND = 'backup';
const COPIED_FOLDERS = ['uploads', 'rejects'];

export function backupJob(ground: WorkerGround): JobKind {
  return { name: BACKUP_KIND, run: (job) => backUp(ground, job) };
}

async function backUp(ground: WorkerGround, job: RunningJob): Promise<void> {
  const data = String(job.input.dataFolder);
  const keys = String(job.input.keysFolder);
  for (const folder of [data, keys]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of ['database', 'engine', 'files', 'manifest.json'])
      await rm(join(folder, name), { recursive: true, force: true });
  }
  const tables = await copyControlPlane(ground, job, { data, keys });
  const engine = await copyEngineOut(ground.engine, data, (name) =>
    job.progress({ phase: `copying ${name}`, rows: 0, bytes: 0 }),
  );
  const files = await copyFiles(ground.config.dataDir, data);
  const about = { version: 1, backup: job.id, createdAt: instantOf(ground.clock) } as const;
  const wrapped = tables.filter(({ name }) => name === KEY_TABLE);
  const others = tables.filter(({ name }) => name !== KEY_TABLE);
  const migrations = MIGRATIONS.map(({ name }) => name);
  await writeManifest(keys, { ...about, kind: 'keys', tables: wrapped });
  await writeManifest(data, { ...about, kind: 'data', migrations, tables: others, engine, files });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const detail = { tables: tables.length, rows, engineTables: engine.length, files: files.length };
  const event = {
    tenantId: null,
    actor: job.actor,
    event: 'service.backup-completed',
    outcome: 'succeeded',
    subject: { kind: 'job', id: job.id },
    detail,
  } as const;
  await job.complete({ state: 'succeeded' }, event, async () => undefined);
}

async function copyControlPlane(
  ground: WorkerGround,
  job: RunningJob,
  folders: { data: string; keys: string },
): Promise<CopiedTable[]> {
  const { dialect, knex } = ground.db;
  const copy = async (trx: Knex.Transaction) => {
    const copied: CopiedTable[] = [];
    for (const table of await listCopiedTables(trx, dialect)) {
      job.progress({ phase: `copying ${table}`, rows: 0, bytes: 0 });
      const folder = table === KEY_TABLE ? folders.keys : folders.data;
      // The job itself is under way in its own snapshot; restored, it would run again.
      copied.push(await copyOut(trx, { table, dialect, folder, ...(table === 'jobs' ? { without: job.id } : {}) }));
    }
    return copied;
  };
  if (dialect === 'sqlite') return knex.transaction(copy);
  return knex.transaction(copy, { isolationLevel: 'repeatable read', readOnly: true });
}

async function copyFiles(dataDir: string, folder: string): Promise<CopiedFile[]> {
  const copied: CopiedFile[] = [];
  for (const name of COPIED_FOLDERS) {
    for (const file of await readdir(join(dataDir, name)).catch(() => [])) {
      const path = join('files', name, file);
      await cp(join(dataDir, name, file), join(folder, path), { recursive: true });
      copied.push({ path, rows: 0, sha256: await sha256Of(join(folder, path)) });
    }
  }
  return copied;
}
