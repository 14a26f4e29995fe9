// `ecluse restore`: an empty service becomes the one that was backed up, on whatever form it stands now.
import { resolve } from 'node:path';
import { restore } from '../backup/restore.ts';
import { openDatabaseOf } from '../compose.ts';
import type { Config } from '../config.ts';
import { closeDatabase } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { lockFolder } from '../folder-lock.ts';
import { readRootKey } from '../keys/root-key.ts';
import { openEngine } from './worker.ts';

export interface RestoreFolders {
  readonly from: string;
  readonly keysFrom: string;
  readonly isWithoutLedger: boolean;
}

export function restoreService(config: Config, folders: RestoreFolders): Promise<void> {
  return asService(() => restoreAll(config, folders));
}

async function restoreAll(config: Config, { from, keysFrom, isWithoutLedger }: RestoreFolders): Promise<void> {
  const folders = { data: resolve(from), keys: resolve(keysFrom) };
  const rootKey = readRootKey(config.rootKeyFile, { create: false });
  const lock = await lockFolder(config.dataDir);
  const db = openDatabaseOf(config);
  const engine = await openEngine(config);
  try {
    const tell = (step: string) => void process.stderr.write(`${step}\n`);
    const { createdAt } = await restore({ config, db, engine, rootKey, isWithoutLedger, tell }, folders);
    process.stdout.write(
      `Restored the backup of ${createdAt}.\n` +
        'Check the log with `ecluse audit fsck`. What happened after the backup is lost: before anything is released again, ' +
        'sign that into the log with `ecluse audit sign-rollback`.\n',
    );
  } finally {
    await engine.close();
    await closeDatabase(db);
    await lock.release();
  }
}
