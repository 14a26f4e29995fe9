// DuckDB with a key: digests are hashed again before they are joined, which is the least that parts two tenants' keys.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { OnboardingFiles } from '../onboarding-files.ts';

const COLUMNS = `{'email': 'VARCHAR', 'phone': 'VARCHAR', 'member': 'BOOLEAN', 'activity': 'VARCHAR', 'city': 'VARCHAR',
  'spend': 'DOUBLE', 'last_visit': 'DATE', 'complaint': 'BOOLEAN'}`;

export async function joinKeyed(files: OnboardingFiles, folder: string): Promise<{ seconds: number; version: string }> {
  const started = performance.now();
  const instance = await DuckDBInstance.create(join(folder, 'keyed.duckdb'));
  const connection = await instance.connect();
  for (const side of ['left', 'right'] as const) {
    await connection.run(
      `CREATE TABLE ${side}_file AS SELECT sha256('key of the benchmark' || email) AS email_key,
         sha256('key of the benchmark' || phone) AS phone_key, * EXCLUDE (email, phone)
       FROM read_csv('${files[side].path}', header = true, columns = ${COLUMNS})`,
    );
  }
  await connection.run(`CREATE TABLE pairs AS
    SELECT l.rowid AS l, r.rowid AS r FROM left_file l JOIN right_file r ON l.email_key = r.email_key
    UNION SELECT l.rowid, r.rowid FROM left_file l JOIN right_file r ON l.phone_key = r.phone_key`);
  await connection.run('CHECKPOINT');
  const seconds = (performance.now() - started) / 1000;
  const counted = await connection.runAndReadAll('SELECT count(*)::INTEGER, version() FROM pairs');
  const [pairs, version] = counted.getRows()[0] ?? [];
  if (pairs !== files.truth.pairs) throw new Error(`DuckDB found ${pairs} pairs, ${files.truth.pairs} are true`);
  connection.closeSync();
  instance.closeSync();
  return { seconds, version: String(version) };
}
