// What every record store promises, as one suite that every database runs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { createTable } from '../database/columns.ts';
import { closeDatabase, type Database } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import { newId } from '../ids.ts';

interface Boat {
  readonly id: string;
  readonly tenantId: string;
  readonly tonnes: number;
  readonly cargo: readonly string[] | null;
}

const boats = recordStore('boats', { noun: 'boat', mapping: rowMapping<Boat>(['cargo']) });
const boat = (tenantId: string, tonnes = 1): Boat => ({ id: newId('dts'), tenantId, tonnes, cargo: ['coal', 'Sète'] });

/** `open` gives an empty database that the suite may fill. */
export function recordStoreSuite(open: () => Promise<Database>): void {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    await migrateUp(db);
    await createTable(db.knex, 'boats', (c) => {
      c.id('id').primary();
      c.id('tenant_id');
      c.count('tonnes');
      c.document('cargo').nullable();
    });
  });
  afterAll(() => closeDatabase(db));
  const write = (work: (tx: AuditedTransaction) => Promise<void>) => auditedTransaction(db, EVENT, work);
  const insert = async (...all: Boat[]) => {
    await write(async (tx) => {
      for (const one of all) await boats.insert(tx, one);
    });
  };

  test('what was inserted is read back, counts as numbers and documents parsed', async () => {
    const one = { ...boat('osec', 2 ** 53 - 1), cargo: null };
    const other = boat('osec');
    await insert(one, other);
    expect(await boats.get(db.knex, one.id)).toEqual(one);
    expect(await boats.get(db.knex, other.id)).toEqual(other);
  });

  test('get throws and find is undefined for what is not there, and for what another may not see', async () => {
    const one = boat('osec');
    await insert(one);
    expect(await boats.find(db.knex, one.id, { tenant_id: 'rando' })).toBeUndefined();
    await expect(boats.get(db.knex, one.id, { tenant_id: 'rando' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(boats.get(db.knex, newId('dts'))).rejects.toThrow('There is no such boat.');
  });

  test('save changes its own row alone', async () => {
    const [one, other] = [boat('osec'), boat('osec')];
    await insert(one, other);
    await write((tx) => boats.save(tx, { ...one, tonnes: 7, cargo: null }));
    expect(await boats.get(db.knex, one.id)).toEqual({ ...one, tonnes: 7, cargo: null });
    expect(await boats.get(db.knex, other.id)).toEqual(other);
  });

  test('pages run from the newest to the oldest without gap or repetition', async () => {
    const fleet = [boat('velo', 1), boat('velo', 2), boat('velo', 3), boat('velo', 4)].toSorted(byId);
    await insert(...fleet, boat('other'));
    const first = await boats.list(db.knex, { tenant_id: 'velo' }, { before: undefined, limit: 3 });
    const rest = await boats.list(db.knex, { tenant_id: 'velo' }, { before: first[2]?.id, limit: 3 });
    expect([...first, ...rest]).toEqual(fleet.toReversed());
    expect(await boats.listAll(db.knex, { tenant_id: 'velo' })).toEqual(fleet);
  });

  test('nothing is written when the work fails, its event included', async () => {
    const one = boat('osec');
    const before = await db.knex('audit_leaves').select('leaf_index');
    const failing = write(async (tx) => {
      await boats.insert(tx, one);
      throw new Error('the lock is closed');
    });
    await expect(failing).rejects.toThrow('the lock is closed');
    expect(await boats.find(db.knex, one.id)).toBeUndefined();
    expect(await db.knex('audit_leaves').select('leaf_index')).toEqual(before);
  });

  test('consequences are events of their own, right after the one of the change', async () => {
    await write(async (tx) => {
      tx.alsoRecord({ ...EVENT, event: 'collaboration.activated' });
      tx.alsoRecord({ ...EVENT, event: 'salt.issued' });
    });
    const last = await db.knex('audit_leaves').orderBy('leaf_index', 'desc').limit(3).select('event');
    expect(last.map(({ event }: { event: string }) => event)).toEqual([
      'salt.issued',
      'collaboration.activated',
      'service.started',
    ]);
  });
}

const EVENT = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
} as const;

const byId = (left: Boat, right: Boat) => (left.id < right.id ? -1 : 1);
