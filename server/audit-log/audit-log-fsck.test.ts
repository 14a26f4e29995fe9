// Rules of fsck: whatever is done to the stored log, the first broken index is named.
import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditEvent } from '../../audit/event.ts';
import { closeDatabase, type Database } from '../database/database.ts';
import { fsckAuditLog } from './audit-log-fsck.ts';
import { appendEvent } from './audit-log-store.ts';
import { checkpointServiceOn, createLog, eventNumber, verifierKeys } from './testing/audit-log-suite.ts';
import { openSqlite } from './testing/sqlite.ts';

const SIZE = 270;
let knex: Knex;
let db: Database;
let kept: string;

beforeEach(async () => {
  db = await openSqlite();
  knex = db.knex;
  await createLog(knex);
  await appendAtOnce(knex, { from: 0, to: 200 });
  kept = (await checkpointServiceOn(db).checkpointNow()).note;
  await appendAtOnce(knex, { from: 200, to: SIZE });
  await checkpointServiceOn(db).checkpointNow();
});
afterEach(() => closeDatabase(db));

test('an untouched log is whole', async () => {
  const report = await fsckAuditLog(knex, { verifierKeys: await verifierKeys(), keptCheckpoints: [kept] });
  expect(report).toMatchObject({ ok: true, size: SIZE, checkpoints: 3 });
});

test.each<[string, number, string, (knex: Knex) => Promise<unknown>]>([
  ['a bit of a leaf flipped', 17, 'leaf_changed', (on) => flipLeaf(on, 17)],
  ['a leaf deleted', 42, 'leaf_missing', (on) => on('audit_leaves').where({ leaf_index: 42 }).delete()],
  ['a leaf deleted and the rest renumbered', 42, 'leaf_moved', removeAndRenumber],
  ['two leaves swapped', 30, 'leaf_moved', swapLeaves],
  ['the end cut off', 250, 'log_truncated', (on) => on('audit_leaves').where('leaf_index', '>=', 250).delete()],
  ['the end cut off, checkpoint and head with it', 199, 'log_truncated', truncateAll],
  ['a leaf rewritten with its hashes', 200, 'checkpoint_changed', rewriteTail],
  ['a tenant’s events moved to another', 8, 'column_changed', (on) => setLeaf(on, 8, { tenant_id: null })],
  ['a tile hash changed', 255, 'tile_changed', (on) => on('audit_tile_hashes').update({ hash: '0'.repeat(64) })],
  ['a tile hash added', SIZE, 'tile_changed', (on) => on('audit_tile_hashes').insert(extraTile)],
  ['a checkpoint’s root changed', 0, 'checkpoint_changed', (on) => setCheckpoint(on, { root: '0'.repeat(64) })],
  ['a checkpoint’s note changed', 0, 'checkpoint_changed', (on) => setCheckpoint(on, { note: 'nothing\n' })],
  ['the head changed', SIZE, 'head_changed', (on) => on('audit_head').update({ size: SIZE - 1 })],
])('%s: index %d is named', async (_name, index, kind, tamper) => {
  await tamper(knex);
  const report = await fsckAuditLog(knex, { verifierKeys: await verifierKeys(), keptCheckpoints: [kept] });
  expect(report).toMatchObject({ ok: false, firstBroken: { index, kind } });
});

test('checkpoints that were all deleted are missed, whether or not any was kept elsewhere', async () => {
  await knex('audit_checkpoints').delete();
  expect(await fsckAuditLog(knex, { verifierKeys: await verifierKeys() })).toMatchObject({
    ok: false,
    firstBroken: { index: 0, kind: 'checkpoint_missing' },
  });
});

test('a release whose checkpoint was deleted is found, though the log was signed before and after', async () => {
  const decided = SIZE;
  const release = async (number: number, change: object) => {
    const event = { ...eventNumber(number), event: 'delivery.decided', outcome: 'allowed', ...change } as AuditEvent;
    await knex.transaction((trx) => appendEvent(trx, event));
    return checkpointServiceOn(db).checkpointNow();
  };
  const before = await release(decided, {});
  await release(decided + 1, {
    event: 'delivery.completed',
    outcome: 'succeeded',
    detail: { decision: eventNumber(decided).id },
  });
  const keys = await verifierKeys();
  expect(await fsckAuditLog(knex, { verifierKeys: keys })).toMatchObject({ ok: true, unsigned: 0 });
  await knex('audit_checkpoints').where({ size: before.size }).delete();
  expect(await fsckAuditLog(knex, { verifierKeys: keys })).toMatchObject({
    ok: false,
    firstBroken: { index: decided, kind: 'checkpoint_missing' },
  });
});

// One transaction for all, since a commit to disk each would make these tests slow.
async function appendAtOnce(on: Knex, range: { from: number; to: number }): Promise<void> {
  await on.transaction(async (trx) => {
    for (let i = range.from; i < range.to; i += 1) await appendEvent(trx, eventNumber(i));
  });
}

const extraTile = { level: 1, hash_index: 7, hash: '0'.repeat(64) };

async function flipLeaf(on: Knex, index: number): Promise<void> {
  const row = await on('audit_leaves').where({ leaf_index: index }).first();
  const leaf = Buffer.from(row.leaf);
  leaf[20]! ^= 1;
  await setLeaf(on, index, { leaf: leaf.toString() });
}

function setLeaf(on: Knex, index: number, change: object): Promise<unknown> {
  return on('audit_leaves').where({ leaf_index: index }).update(change).then();
}

function setCheckpoint(on: Knex, change: object): Promise<unknown> {
  return on('audit_checkpoints').where({ size: 200 }).update(change).then();
}

async function removeAndRenumber(on: Knex): Promise<void> {
  await on('audit_leaves').where({ leaf_index: 42 }).delete();
  for (let i = 43; i < SIZE; i += 1) await setLeaf(on, i, { leaf_index: i - 1 });
}

async function swapLeaves(on: Knex): Promise<void> {
  await setLeaf(on, 30, { leaf_index: -1 });
  await setLeaf(on, 31, { leaf_index: 30 });
  await setLeaf(on, -1, { leaf_index: 31 });
}

// The thief takes care of everything in the database: only the checkpoint kept elsewhere tells.
async function truncateAll(on: Knex): Promise<void> {
  await on('audit_leaves').delete();
  await on('audit_tile_hashes').delete();
  await on('audit_checkpoints').delete();
  await on('audit_head').update({ size: 0, frontier: '[]' });
  await appendAtOnce(on, { from: 0, to: 199 });
}

async function rewriteTail(on: Knex): Promise<void> {
  await on('audit_leaves').delete();
  await on('audit_tile_hashes').delete();
  await on('audit_head').update({ size: 0, frontier: '[]' });
  await appendAtOnce(on, { from: 0, to: 260 });
  await appendAtOnce(on, { from: 1000, to: 1000 + SIZE - 260 });
}
