// The contract of the stored audit log: one suite that every database runs.
import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hexOf } from '../../../audit/bytes.ts';
import { openCheckpoint } from '../../../audit/checkpoint.ts';
import type { AuditEvent } from '../../../audit/event.ts';
import { leafHash, treeHash } from '../../../audit/merkle.ts';
import { verifierKeyOf, verifierKeyText } from '../../../audit/note-key.ts';
import { verifyConsistencyBetween, verifyLog, verifyReceipt } from '../../../audit/verify.ts';
import type { Clock } from '../../clock.ts';
import { closeDatabase, type Database } from '../../database/database.ts';
import { fsckAuditLog } from '../audit-log-fsck.ts';
import { appendEvent, getEvent } from '../audit-log-store.ts';
import {
  addAuditSearch,
  addCosigning,
  createAuditLogTables,
  createLeafHashes,
  dropAuditLogTables,
  dropLeafHashes,
} from '../audit-log-tables.ts';
import { type CheckpointService, createCheckpointService } from '../checkpoint-service.ts';
import { listEvents } from '../event-search.ts';
import { getReceipt } from '../receipt-store.ts';
import { findConsistencyLines } from '../tile-routes.ts';

export const LOG_SIGNER = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };
export const TENANT_ID = 'ten_00000000000000000000000001';

export function eventNumber(i: number): AuditEvent {
  return {
    id: `evt_${String(i).padStart(26, '0')}`,
    instant: new Date(Date.UTC(2026, 6, 1, 8, 0, i)).toISOString(),
    tenantId: i % 2 === 0 ? TENANT_ID : null,
    actor: { kind: 'worker', id: 'ecluse' },
    event: i % 5 === 0 ? 'delivery.completed' : 'dataset.created',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: `dlv_${i % 5}` },
    detail: { number: i, text: 'ünïcode €' },
  };
}

export async function createLog(knex: Knex): Promise<void> {
  await createAuditLogTables(knex);
  await createLeafHashes(knex);
  await addAuditSearch(knex);
  await addCosigning(knex);
}

/** Each event in a transaction of its own, as the service does. */
export async function appendEvents(knex: Knex, range: { from: number; to: number }): Promise<void> {
  for (let i = range.from; i < range.to; i += 1) await knex.transaction((trx) => appendEvent(trx, eventNumber(i)));
}

export function checkpointServiceOn(db: Database, clock: Clock = { now: () => new Date(0) }): CheckpointService {
  const onError = (error: unknown): void => {
    throw error;
  };
  return createCheckpointService({ db, signer: LOG_SIGNER, clock, onError });
}

export async function verifierKeys(): Promise<string[]> {
  return [verifierKeyText(await verifierKeyOf(LOG_SIGNER))];
}

/** `open` gives an empty database that the suite may fill and drop tables in. */
export function auditLogSuite(open: () => Promise<Database>): void {
  let db: Database;
  let knex: Knex;
  beforeAll(async () => {
    db = await open();
    knex = db.knex;
  });
  afterAll(() => closeDatabase(db));
  beforeEach(async () => {
    await dropLeafHashes(knex);
    await dropAuditLogTables(knex);
    await createLog(knex);
  });
  const leaves = async (): Promise<Uint8Array[]> =>
    (await knex('audit_leaves').orderBy('leaf_index')).map((row) => new TextEncoder().encode(row.leaf));

  describe('appending', () => appendingRules(() => db));
  describe('checkpoints', () => checkpointRules(() => db));

  test('a receipt verifies offline, and reads the same after the log has grown', async () => {
    const service = checkpointServiceOn(db);
    await appendEvents(knex, { from: 0, to: 9 });
    const eventId = eventNumber(5).id;
    await expect(getReceipt(knex, { eventId })).rejects.toMatchObject({ code: 'event_not_covered' });
    await service.checkpointNow();
    const receipt = await getReceipt(knex, { eventId });
    await appendEvents(knex, { from: 9, to: 14 });
    await service.checkpointNow();
    expect(await getReceipt(knex, { eventId })).toBe(receipt);
    const verification = await verifyReceipt({ receipt, verifierKeys: await verifierKeys() });
    expect(verification).toMatchObject({ ok: true, index: 5, event: eventNumber(5) });
  });

  test('the whole log verifies past a full tile, with every pair of its checkpoints', async () => {
    const service = checkpointServiceOn(db);
    const notes: string[] = [];
    for (const [from, to] of [
      [0, 1],
      [1, 7],
      [7, 256],
      [256, 300],
    ] as const) {
      await appendEvents(knex, { from, to });
      notes.push((await service.checkpointNow()).note);
    }
    const keys = await verifierKeys();
    const log = await verifyLog({
      entries: await leaves(),
      checkpoint: notes[3]!,
      keptCheckpoints: notes,
      verifierKeys: keys,
    });
    expect(log.ok).toBe(true);
    for (const oldCheckpoint of notes)
      for (const newCheckpoint of notes.slice(notes.indexOf(oldCheckpoint))) {
        const [older, newer] = await Promise.all(
          [oldCheckpoint, newCheckpoint].map((note) => openCheckpoint(note, { verifierKeys: keys })),
        );
        const proof = await findConsistencyLines(knex, { oldSize: older!.size, newSize: newer!.size });
        const claim = { oldCheckpoint, newCheckpoint, proof: proof!, verifierKeys: keys };
        expect(await verifyConsistencyBetween(claim)).toMatchObject({ ok: true });
      }
    expect(await fsckAuditLog(knex, { verifierKeys: keys })).toMatchObject({ ok: true, size: 300, checkpoints: 4 });
  });
}

function appendingRules(db: () => Database): void {
  test('indices run from 0 without a gap, and the head’s root is the root of the leaves', async () => {
    await appendEvents(db().knex, { from: 0, to: 20 });
    const rows = await db().knex('audit_leaves').orderBy('leaf_index');
    expect(rows.map((row) => Number(row.leaf_index))).toEqual([...Array(20).keys()]);
    const hashes = rows.map((row) => leafHash(new TextEncoder().encode(row.leaf)));
    for (const [i, row] of rows.entries()) expect(row.root).toBe(hexOf(treeHash(hashes.slice(0, i + 1))));
  });

  test('concurrent transactions queue: no index twice, no index missing', async () => {
    const indices = await Promise.all(
      Array.from({ length: 24 }, (_, i) => db().knex.transaction((trx) => appendEvent(trx, eventNumber(i)))),
    );
    expect(indices.toSorted((a, b) => a - b)).toEqual([...Array(24).keys()]);
    expect(await fsckAuditLog(db().knex, { verifierKeys: [] })).toMatchObject({ ok: true, size: 24 });
  });

  test('several events of one transaction land together or not at all', async () => {
    const failing = db().knex.transaction(async (trx) => {
      await appendEvent(trx, eventNumber(0));
      await appendEvent(trx, eventNumber(1));
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    await db().knex.transaction(async (trx) => {
      expect(await appendEvent(trx, eventNumber(2))).toBe(0);
      expect(await appendEvent(trx, eventNumber(3))).toBe(1);
    });
    expect(await fsckAuditLog(db().knex, { verifierKeys: [] })).toMatchObject({ ok: true, size: 2 });
  });

  test('an event that cannot be logged undoes the change, whichever database it is', async () => {
    const tooLong = { ...eventNumber(0), subject: { kind: 'delivery', id: 'x'.repeat(41) } };
    await expect(db().knex.transaction((trx) => appendEvent(trx, tooLong))).rejects.toMatchObject({
      code: 'id_too_long',
    });
    await appendEvents(db().knex, { from: 0, to: 1 });
    await expect(appendEvents(db().knex, { from: 0, to: 1 })).rejects.toThrow();
    expect(await fsckAuditLog(db().knex, { verifierKeys: [] })).toMatchObject({ ok: true, size: 1 });
  });

  test('events read back newest first, within their tenant', async () => {
    await appendEvents(db().knex, { from: 0, to: 12 });
    const page = await listEvents(db().knex, { tenantId: TENANT_ID, limit: 3 });
    expect(page.map(({ index }) => index)).toEqual([10, 8, 6]);
    const next = await listEvents(db().knex, {
      tenantId: TENANT_ID,
      limit: 9,
      beforeIndex: 6,
      event: 'delivery.completed',
    });
    expect(next.map(({ event }) => event)).toEqual([eventNumber(0)]);
    expect(await listEvents(db().knex, { tenantId: undefined, subjectId: 'dlv_1', limit: 9 })).toHaveLength(3);
    expect((await getEvent(db().knex, { eventId: eventNumber(4).id, tenantId: TENANT_ID })).index).toBe(4);
    const ofAnother = getEvent(db().knex, { eventId: eventNumber(5).id, tenantId: TENANT_ID });
    await expect(ofAnother).rejects.toMatchObject({ code: 'event_unknown' });
  });
}

function checkpointRules(db: () => Database): void {
  test('the same tree is signed once, a grown one again', async () => {
    const service = checkpointServiceOn(db());
    await appendEvents(db().knex, { from: 0, to: 3 });
    const first = await service.checkpointNow();
    expect(await service.checkpointNow()).toEqual(first);
    await appendEvents(db().knex, { from: 3, to: 4 });
    expect((await service.checkpointNow()).size).toBe(4);
    expect(await openCheckpoint(first.note, { verifierKeys: await verifierKeys() })).toMatchObject({ size: 3 });
  });

  test('two processes that sign at once sign one checkpoint', async () => {
    await appendEvents(db().knex, { from: 0, to: 5 });
    const services = Array.from({ length: 4 }, () => checkpointServiceOn(db()));
    const signed = await Promise.all(services.map((service) => service.checkpointNow()));
    expect(new Set(signed.map(({ note }) => note)).size).toBe(1);
  });

  test('an hour of silence is logged, a busy hour is not', async () => {
    let now = Date.UTC(2026, 6, 1, 8, 30);
    const service = checkpointServiceOn(db(), { now: () => new Date(now) });
    await appendEvents(db().knex, { from: 0, to: 1 });
    await service.tick();
    now += 3_600_000;
    await service.tick();
    const names = (await listEvents(db().knex, { tenantId: undefined, limit: 9 })).map(({ event }) => event.event);
    expect(names).toEqual(['audit-log.heartbeat', 'delivery.completed']);
    expect(await db().knex('audit_checkpoints')).toHaveLength(2);
  });

  test('a tree that does not extend the one signed is never signed', async () => {
    await appendEvents(db().knex, { from: 0, to: 3 });
    await checkpointServiceOn(db()).checkpointNow();
    await dropLeaves(db().knex);
    await appendEvents(db().knex, { from: 50, to: 57 });
    await expect(checkpointServiceOn(db()).checkpointNow()).rejects.toMatchObject({ code: 'log_inconsistent' });
    expect(await db().knex('audit_checkpoints')).toHaveLength(1);
  });

  test('an older backup stops the signing, even when its checkpoints went back with it', async () => {
    const service = checkpointServiceOn(db());
    await appendEvents(db().knex, { from: 0, to: 3 });
    await service.checkpointNow();
    await dropLeaves(db().knex);
    await appendEvents(db().knex, { from: 0, to: 2 });
    await expect(checkpointServiceOn(db()).checkpointNow()).rejects.toMatchObject({ code: 'log_rolled_back' });
    await db().knex('audit_checkpoints').delete();
    await expect(service.checkpointNow()).rejects.toMatchObject({ code: 'log_rolled_back' });
  });
}

async function dropLeaves(knex: Knex): Promise<void> {
  await knex('audit_leaves').delete();
  await knex('audit_head').update({ size: 0, frontier: '[]' });
}
