// `ecluse backup`: asks for the backup and waits for its end. Data and wrapped keys go into two folders, to be kept apart.
import { readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { BACKUP_KIND } from '../backup/backup-job.ts';
import { instantOf } from '../clock.ts';
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { endOf } from './await-job.ts';

export interface BackupFolders {
  readonly to: string;
  readonly keysTo: string;
}

export function backUp(config: Config, folders: BackupFolders): Promise<void> {
  return asService(() => backUpAll(config, { to: resolve(folders.to), keysTo: resolve(folders.keysTo) }));
}

async function backUpAll(config: Config, folders: BackupFolders): Promise<void> {
  if (isWithin(folders.to, folders.keysTo) || isWithin(folders.keysTo, folders.to))
    throw new Error('--keys-to lies within --to: wrapped keys are kept apart from the data that they open');
  for (const folder of [folders.to, folders.keysTo]) await assertEmpty(folder);
  const ground = await openGround(config, 'worker');
  try {
    const jobId = await askForBackup(ground, folders);
    const row = await endOf(ground, jobId, (phase) => process.stderr.write(`${phase}\n`));
    if (row.state !== 'succeeded') throw new Error(`the backup ended as ${row.state}: ${row.failure ?? ''}`);
    process.stdout.write(
      `Backed up to ${folders.to}, wrapped keys to ${folders.keysTo}.\n` +
        'The root key and the erasure ledger are in neither: keep both elsewhere, as they are now.\n',
    );
  } finally {
    await closeGround(ground);
  }
}

function isWithin(folder: string, other: string): boolean {
  return !relative(folder, other).startsWith('..');
}

async function assertEmpty(folder: string): Promise<void> {
  const held = await readdir(folder).catch(() => []);
  if (held.length > 0) throw new Error(`${folder} is not empty: name a new folder for each backup`);
}

async function askForBackup(ground: Ground, { to, keysTo }: BackupFolders): Promise<string> {
  const id = newId('job');
  const event = {
    tenantId: null,
    actor: { kind: 'operator', id: 'command-line' },
    event: 'service.backup-requested',
    outcome: 'succeeded',
    subject: { kind: 'job', id },
    detail: {},
  } as const;
  const job = {
    id,
    kind: BACKUP_KIND,
    tenantId: null,
    subject: { kind: 'service', id: 'service' },
    input: { dataFolder: to, keysFolder: keysTo },
    createdBy: 'command-line',
  };
  const { result } = await auditedTransaction(ground.db, event, (tx) => insertJob(tx, job, instantOf(ground.clock)));
  return result;
}
