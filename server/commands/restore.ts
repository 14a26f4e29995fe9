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
}

export function restoreService(config: Config, folders: RestoreFolders): Promise<void> {
  return asService(() => restoreAll(config, { data: resolve(folders.from), keys: resolve(folders.keysFrom) }));
}

async function restoreAll(config: Config, folders: { data: string; keys: string }): Promise<void> {
  const rootKey = readRootKey(config.rootKeyFile, { create: false });
  const lock = await lockFolder(config.dataDir);
  const db = openDatabaseOf(config);
  const engine = await openEngine(config);
  try {
    const tell = (step: string) => void process.stderr.write(`${step}\n`);
    const { createdAt } = await restore({ config, db, engine, rootKey, tell }, folders);
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
