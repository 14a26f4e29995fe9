// Working tables of attempts that were killed go; those of anybody at work, and everything else, stay.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../matching/engine/engine.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { closeDatabase, type Database, openDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { newId } from '../ids.ts';
import { claimJob } from './claim-job.ts';
import type { NewJob } from './job.ts';
import { endJob, insertJob } from './job-store.ts';
import { dropLeftTables } from './left-tables.ts';

const STARTED = new Date('2026-07-01T08:00:00.000Z');
const before = <P extends Parameters<typeof newId>[0]>(prefix: P) => newId(prefix, STARTED.getTime() - 1);
const since = <P extends Parameters<typeof newId>[0]>(prefix: P) => newId(prefix, STARTED.getTime());

const folder = mkdtempSync(join(tmpdir(), 'ecluse-left-tables-'));
let db: Database;

beforeAll(async () => {
  db = openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
  await migrateUp(db);
});
afterAll(async () => {
  await closeDatabase(db);
  rmSync(folder, { recursive: true, force: true });
});

const EVENT = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
} as const;

const queue = (job: Pick<NewJob, 'kind' | 'subject'>) =>
  auditedTransaction(db, EVENT, (tx) =>
    insertJob(tx, { tenantId: null, createdBy: 'test', ...job }, STARTED.toISOString()),
  );

/** Of an engine, what the tidier asks of it. */
function engineWith(tables: readonly string[]) {
  const standing = new Set(tables);
  const engine = {
    listTables: async () => [...standing],
    dropTable: async (name: string) => void standing.delete(name),
  } as unknown as Engine;
  return { engine, standing };
}

test('what a killed attempt left is dropped, and what is worked on stays', async () => {
  const [waiting, left, gone] = [before('dlv'), before('dlv'), before('act')];
  await queue({ kind: 'deliver', subject: { kind: 'delivery', id: waiting } });
  await queue({ kind: 'find-removals', subject: { kind: 'consent', id: 'x' } });
  const running = await claimJob(db, { workerId: 'w', kinds: ['find-removals'], now: STARTED });
  const kept = [
    `${waiting}_ids`,
    // Named by the search that runs, or by any that might.
    `${since('rmv')}_sought`,
    `${before('dsv')}_keys`,
    `${before('aud')}_delivered_${before('dst')}`,
    'joined',
  ];
  const { engine, standing } = engineWith([
    ...kept,
    `${left}_changes`,
    `${left}_evidence_left`,
    `${gone}_ids`,
    `${before('rmv')}_sought`,
  ]);
  expect(await dropLeftTables(engine, db)).toBe(4);
  expect([...standing]).toEqual(kept);

  // The search ends, and what it forgot belongs to nobody.
  const lease = { jobId: running?.id ?? '', fencingToken: running?.fencing_token ?? 0 };
  const end = { state: 'succeeded', at: STARTED.toISOString() } as const;
  await auditedTransaction(db, EVENT, (tx) => endJob(tx, lease, end));
  expect(await dropLeftTables(engine, db)).toBe(1);
  expect([...standing]).toEqual(kept.filter((name) => !name.startsWith('rmv_')));
});
