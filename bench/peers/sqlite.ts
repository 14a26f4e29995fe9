// SQLite into a file, by the binding of Node itself: rows inserted in one transaction, an index for each digest, two joins.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { OnboardingFiles } from '../onboarding-files.ts';

export async function joinInSqlite(files: OnboardingFiles, folder: string) {
  const started = performance.now();
  const database = new DatabaseSync(join(folder, 'peer.sqlite'));
  database.exec('PRAGMA journal_mode = WAL');
  for (const side of ['left', 'right'] as const) {
    database.exec(
      `CREATE TABLE ${side}_file (email TEXT, phone TEXT, member, activity, city, spend, last_visit, complaint)`,
    );
    await fill(database, side, files[side].path);
  }
  database.exec('CREATE INDEX right_email ON right_file (email); CREATE INDEX right_phone ON right_file (phone)');
  database.exec(`CREATE TABLE pairs AS
    SELECT l.rowid AS l, r.rowid AS r FROM left_file l JOIN right_file r ON l.email = r.email
    UNION SELECT l.rowid, r.rowid FROM left_file l JOIN right_file r ON l.phone = r.phone`);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const seconds = (performance.now() - started) / 1000;
  const { pairs, version } = database
    .prepare('SELECT count(*) AS pairs, sqlite_version() AS version FROM pairs')
    .get() as {
    pairs: number;
    version: string;
  };
  database.close();
  if (pairs !== files.truth.pairs) throw new Error(`SQLite found ${pairs} pairs, ${files.truth.pairs} are true`);
  return { seconds, version };
}

async function fill(database: DatabaseSync, side: string, path: string): Promise<void> {
  const insert = database.prepare(`INSERT INTO ${side}_file VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  let header = true;
  database.exec('BEGIN');
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!header) insert.run(...line.split(','));
    header = false;
  }
  database.exec('COMMIT');
}
