// The peer of the onboarding benchmark: DuckDB reads the same two files and joins them, with no privacy at all: no checks,
// no persons, no audience. In memory, into a database file, or keyed: digests are hashed again before they are joined, which
// is the least that parts two tenants' keys.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { OnboardingFiles } from './onboarding-files.ts';

const COLUMNS = `{'email': 'VARCHAR', 'phone': 'VARCHAR', 'member': 'BOOLEAN', 'activity': 'VARCHAR', 'city': 'VARCHAR',
  'spend': 'DOUBLE', 'last_visit': 'DATE', 'complaint': 'BOOLEAN'}`;

const KEYED = `* REPLACE (sha256('key of the benchmark' || email) AS email, sha256('key of the benchmark' || phone) AS phone)`;

export async function runDuckdb(
  files: OnboardingFiles,
  options: { folder: string; durable: boolean; keyed?: boolean },
): Promise<{ seconds: number; version: string }> {
  const started = performance.now();
  const instance = await DuckDBInstance.create(
    options.durable ? join(options.folder, options.keyed ? 'keyed.duckdb' : 'peer.duckdb') : ':memory:',
  );
  const connection = await instance.connect();
  for (const side of ['left', 'right'] as const) {
    await connection.run(
      `CREATE TABLE ${side}_file AS SELECT ${options.keyed ? KEYED : '*'} FROM read_csv('${files[side].path}', header = true, columns = ${COLUMNS})`,
    );
  }
  await connection.run(`CREATE TABLE pairs AS
    SELECT l.rowid AS l, r.rowid AS r FROM left_file l JOIN right_file r ON l.email = r.email
    UNION SELECT l.rowid, r.rowid FROM left_file l JOIN right_file r ON l.phone = r.phone`);
  if (options.durable) await connection.run('CHECKPOINT');
  const seconds = (performance.now() - started) / 1000;
  const counted = await connection.runAndReadAll('SELECT count(*)::INTEGER, version() FROM pairs');
  const [pairs, version] = counted.getRows()[0] ?? [];
  if (pairs !== files.truth.pairs) throw new Error(`DuckDB found ${pairs} pairs, ${files.truth.pairs} are true`);
  connection.closeSync();
  instance.closeSync();
  return { seconds, version: String(version) };
}
