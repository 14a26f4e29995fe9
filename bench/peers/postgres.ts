// PostgreSQL: COPY of both files and two hash joins, with memory enough that nothing spills below some million rows.
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../test/system/postgres.ts';
import type { OnboardingFiles } from '../onboarding-files.ts';

const COLUMNS =
  'email text, phone text, member boolean, activity text, city text, spend float8, last_visit date, complaint boolean';

export async function joinInPostgres(files: OnboardingFiles, folder: string) {
  // The server reads the files itself, as another user where this one is root.
  for (const path of [dirname(folder), folder, files.left.path, files.right.path]) chmodSync(path, 0o755);
  const postgres = await startPostgres();
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    const started = performance.now();
    await client.query(`SET work_mem = '1GB'`);
    for (const side of ['left', 'right'] as const) {
      await client.query(`CREATE UNLOGGED TABLE ${side}_file (id serial, ${COLUMNS})`);
      await client.query(
        `COPY ${side}_file (email, phone, member, activity, city, spend, last_visit, complaint)
         FROM '${files[side].path}' (FORMAT csv, HEADER)`,
      );
      await client.query(`ANALYZE ${side}_file`);
    }
    await client.query(`CREATE UNLOGGED TABLE pairs AS
      SELECT l.id AS l, r.id AS r FROM left_file l JOIN right_file r ON l.email = r.email
      UNION SELECT l.id, r.id FROM left_file l JOIN right_file r ON l.phone = r.phone`);
    const seconds = (performance.now() - started) / 1000;
    const counted = await client.query(
      `SELECT count(*)::int AS pairs, current_setting('server_version') AS v FROM pairs`,
    );
    const { pairs, v } = counted.rows[0] as { pairs: number; v: string };
    if (pairs !== files.truth.pairs) throw new Error(`PostgreSQL found ${pairs} pairs, ${files.truth.pairs} are true`);
    return { seconds, version: v };
  } finally {
    await client.end();
    await postgres.stop();
  }
}
