// Rules of fsck: whatever is done to the stored log, the first broken index is named.
import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fsckAuditLog } from './audit-log-fsck.ts';
import { appendEvent } from './audit-log-store.ts';
import { createAuditLogTables } from './audit-log-tables.ts';
import { checkpointServiceOn, eventNumber, verifierKeys } from './testing/audit-log-suite.ts';
import { openSqlite } from './testing/sqlite.ts';

const SIZE = 270;
let knex: Knex;
let close: () => Promise<void>;
let kept: string;

beforeEach(async () => {
  ({ knex, close } = await openSqlite());
  await createAuditLogTables(knex);
  await appendAtOnce(knex, { from: 0, to: 200 });
  kept = (await checkpointServiceOn(knex).checkpointNow()).note;
  await appendAtOnce(knex, { from: 200, to: SIZE });
  await checkpointServiceOn(knex).checkpointNow();
});
afterEach(() => close());

test('an untouched log is whole', async () => {
  const report = await fsckAuditLog(knex, { verifierKeys: await verifierKeys(), keptCheckpoints: [kept] });
  expect(report).toMatchObject({ ok: true, size: SIZE, checkpoints: 3 });
});

test.each<[string, number, string, (knex: Knex) => Promise<unknown>]>([
  ['a bit of a leaf flipped', 17, 'leaf_changed', (db) => flipLeaf(db, 17)],
  ['a leaf deleted', 42, 'leaf_missing', (db) => db('audit_leaves').where({ leaf_index: 42 }).delete()],
  ['a leaf deleted and the rest renumbered', 42, 'leaf_moved', removeAndRenumber],
  ['two leaves swapped', 30, 'leaf_moved', swapLeaves],
  ['the end cut off', 250, 'log_truncated', (db) => db('audit_leaves').where('leaf_index', '>=', 250).delete()],
  ['the end cut off, checkpoint and head with it', 199, 'log_truncated', truncateAll],
  ['a leaf rewritten with its hashes', 200, 'checkpoint_changed', rewriteTail],
  ['a tenant’s events moved to another', 8, 'column_changed', (db) => setLeaf(db, 8, { tenant_id: null })],
  ['a tile hash changed', 255, 'tile_changed', (db) => db('audit_tile_hashes').update({ hash: '0'.repeat(64) })],
  ['a tile hash added', SIZE, 'tile_changed', (db) => db('audit_tile_hashes').insert(extraTile)],
  ['a checkpoint’s root changed', 0, 'checkpoint_changed', (db) => setCheckpoint(db, { root: '0'.repeat(64) })],
  ['a checkpoint’s note changed', 0, 'checkpoint_changed', (db) => setCheckpoint(db, { note: 'nothing\n' })],
  ['the head changed', SIZE, 'head_changed', (db) => db('audit_head').update({ size: SIZE - 1 })],
])('%s: index %d is named', async (_name, index, kind, tamper) => {
  await tamper(knex);
  const report = await fsckAuditLog(knex, { verifierKeys: await verifierKeys(), keptCheckpoints: [kept] });
  expect(report).toMatchObject({ ok: false, firstBroken: { index, kind } });
});

// One transaction for all, since a commit to disk each would make these tests slow.
async function appendAtOnce(db: Knex, range: { from: number; to: number }): Promise<void> {
  await db.transaction(async (trx) => {
    for (let i = range.from; i < range.to; i += 1) await appendEvent(trx, eventNumber(i));
  });
}

const extraTile = { level: 1, hash_index: 7, hash: '0'.repeat(64) };

async function flipLeaf(db: Knex, index: number): Promise<void> {
  const row = await db('audit_leaves').where({ leaf_index: index }).first();
  const leaf = Buffer.from(row.leaf);
  leaf[20]! ^= 1;
  await setLeaf(db, index, { leaf: leaf.toString() });
}

function setLeaf(db: Knex, index: number, change: object): Promise<unknown> {
  return db('audit_leaves').where({ leaf_index: index }).update(change).then();
}

function setCheckpoint(db: Knex, change: object): Promise<unknown> {
  return db('audit_checkpoints').where({ size: 200 }).update(change).then();
}

async function removeAndRenumber(db: Knex): Promise<void> {
  await db('audit_leaves').where({ leaf_index: 42 }).delete();
  for (let i = 43; i < SIZE; i += 1) await setLeaf(db, i, { leaf_index: i - 1 });
}

async function swapLeaves(db: Knex): Promise<void> {
  await setLeaf(db, 30, { leaf_index: -1 });
  await setLeaf(db, 31, { leaf_index: 30 });
  await setLeaf(db, -1, { leaf_index: 31 });
}

// The thief takes care of everything in the database: only the checkpoint kept elsewhere tells.
async function truncateAll(db: Knex): Promise<void> {
  await db('audit_leaves').delete();
  await db('audit_tile_hashes').delete();
  await db('audit_checkpoints').delete();
  await db('audit_head').update({ size: 0, frontier: '[]' });
  await appendAtOnce(db, { from: 0, to: 199 });
}

async function rewriteTail(db: Knex): Promise<void> {
  await db('audit_leaves').delete();
  await db('audit_tile_hashes').delete();
  await db('audit_head').update({ size: 0, frontier: '[]' });
  await appendAtOnce(db, { from: 0, to: 260 });
  await appendAtOnce(db, { from: 1000, to: 1000 + SIZE - 260 });
}
