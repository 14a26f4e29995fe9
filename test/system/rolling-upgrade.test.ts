// An upgrade with nobody waiting: the schema first, then workers and API processes one by one. Whoever is behind either goes on
// rightly or refuses to start and says why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeGround, openGround } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { auditedTransaction } from '../../server/database/audited-transaction.ts';
import { closeDatabase, type Database, openDatabase } from '../../server/database/database.ts';
import { migrateUp } from '../../server/database/migrate.ts';
import type { Migration } from '../../server/database/migration.ts';
import { MIGRATIONS } from '../../server/database/migrations.ts';
import { asService } from '../../server/database/row-scope.ts';
import { claimJob } from '../../server/jobs/claim-job.ts';
import { insertJob } from '../../server/jobs/job-store.ts';
import { type Postgres, startPostgres } from './postgres.ts';

/** What a later release may do while this one still runs: add, never take away. */
const LATER: Migration = {
  name: '9000-of-a-later-release',
  why: 'A column with a default and a table of its own, as migrations of a running service may bring them.',
  async up(trx) {
    await trx.schema.alterTable('datasets', (table) => table.string('colour', 40).notNullable().defaultTo('blue'));
    await trx.schema.createTable('of_a_later_release', (table) => void table.string('tenant_id', 40));
  },
  async down(trx) {
    await trx.schema.dropTable('of_a_later_release');
  },
};

const folder = mkdtempSync(join(tmpdir(), 'ecluse-upgrade-'));
let postgres: Postgres;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  writeFileSync(join(folder, 'root.key'), Buffer.alloc(32, 5).toString('base64'), { mode: 0o600 });
  db = openDatabase({ dialect: 'postgres', url: postgres.serviceUrl, ownerUrl: postgres.url });
});
afterAll(async () => {
  await closeDatabase(db);
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(part: 'api' | 'worker', { asOwner = false } = {}) {
  const env = {
    ECLUSE_DATA_DIR: folder,
    ECLUSE_ROOT_KEY_FILE: join(folder, 'root.key'),
    ECLUSE_DATABASE_URL: postgres.serviceUrl,
    ECLUSE_LOG_LEVEL: 'silent',
    ...(asOwner ? { ECLUSE_DATABASE_OWNER_URL: postgres.url } : {}),
  };
  return asService(() => openGround(readConfig({ flags: {}, env }), part));
}

it('a process of this release refuses a schema of the release before', async () => {
  await migrateUp(db, MIGRATIONS.slice(0, -1));
  await expect(open('worker')).rejects.toThrow('run `ecluse migrate` first');
  await expect(open('api')).rejects.toThrow('run `ecluse migrate` first');
});

it('after the migration, a process of the release before goes on and starts again, but does not migrate', async () => {
  await migrateUp(db, [...MIGRATIONS, LATER]);
  for (const part of ['api', 'worker'] as const) await closeGround(await open(part));
  await expect(open('api', { asOwner: true })).rejects.toThrow('migrated by a newer release: 9000-of-a-later-release');
});

it('a job of a kind that came later waits for a worker that knows it, and holds nobody else up', async () => {
  const event = {
    tenantId: null,
    actor: { kind: 'service', id: 'test' },
    event: 'service.started',
    outcome: 'succeeded',
    subject: { kind: 'test', id: 'test' },
    detail: {},
  } as const;
  await asService(async () => {
    const queue = (kind: string) => {
      const job = { kind, tenantId: null, subject: { kind: 'test', id: 'test' }, createdBy: 'test' };
      return auditedTransaction(db, event, (tx) => insertJob(tx, job, new Date(0).toISOString()));
    };
    const { result: later } = await queue('of-a-later-release');
    const { result: known } = await queue('load');
    const claim = (kinds: string[]) => claimJob(db, { workerId: 'one', kinds, now: new Date() });
    expect((await claim(['load']))?.id).toBe(known);
    expect(await claim(['load'])).toBeUndefined();
    expect((await claim(['load', 'of-a-later-release']))?.id).toBe(later);
  });
});
