// The stored log: appending in the transaction of the change, and reading events back. Leaves are only ever added.
import type { Knex } from 'knex';
import { findHex, hexOf } from '../../audit/bytes.ts';
import { type AuditEvent, eventOf, leafOf } from '../../audit/event.ts';
import { appendLeaf, type CompletedNode, type Frontier, peakCount, rootOf } from '../../audit/frontier.ts';
import { leafHash } from '../../audit/merkle.ts';
import { TILE_HEIGHT } from '../../audit/tiles.ts';
import { ROWS_PER_INSERT } from '../database/limits.ts';
import { AuditLogError } from './audit-log-error.ts';
import { MAX_ID_CHARS } from './limits.ts';

export interface StoredEvent {
  readonly index: number;
  readonly event: AuditEvent;
  /** The canonical bytes that are hashed, as text. */
  readonly leaf: string;
}

export interface LeafRow {
  readonly leaf_index: number | string;
  readonly event_id: string;
  readonly tenant_id: string | null;
  readonly event: string;
  readonly outcome: string;
  readonly subject_id: string;
  readonly actor_id: string | null;
  readonly instant: string;
  readonly leaf: string;
  readonly leaf_hash: string;
  readonly root: string;
}

/** Appends within the caller's transaction and gives the leaf index. Appends queue here until that transaction ends. */
export function appendEvent(trx: Knex.Transaction, event: AuditEvent): Promise<number> {
  return appendEvents(trx, [event]);
}

/** Appends several side by side, in their order, and gives the index of the first. */
export async function appendEvents(trx: Knex.Transaction, events: readonly AuditEvent[]): Promise<number> {
  const rows = events.map((event) => ({ ...columnsOf(event), bytes: leafOf(event) }));
  const before = await lockHead(trx, events.length);
  let frontier = before;
  const leaves: LeafRow[] = [];
  const tileRows: ReturnType<typeof tileRowsOf> = [];
  for (const { bytes, ...columns } of rows) {
    const hash = leafHash(bytes);
    const step = appendLeaf(frontier, hash);
    const leaf = new TextDecoder().decode(bytes);
    const root = hexOf(rootOf(step.frontier));
    leaves.push({ leaf_index: frontier.size, ...columns, leaf, leaf_hash: hexOf(hash), root });
    tileRows.push(...tileRowsOf(step.completed));
    frontier = step.frontier;
  }
  await trx('audit_head')
    .where({ id: 'log' })
    .update({ frontier: frontierText(frontier) });
  for (let at = 0; at < leaves.length; at += ROWS_PER_INSERT)
    await trx('audit_leaves').insert(leaves.slice(at, at + ROWS_PER_INSERT));
  if (tileRows.length > 0) await trx('audit_tile_hashes').insert(tileRows);
  return before.size;
}

/** The columns that mirror a leaf for searching; the leaf alone is evidence. */
export function columnsOf(
  event: AuditEvent,
): Pick<LeafRow, 'event_id' | 'tenant_id' | 'event' | 'outcome' | 'subject_id' | 'actor_id' | 'instant'> {
  const ids = [event.id, event.tenantId ?? '', event.event, event.subject.id, event.actor.id];
  if (ids.some((id) => id.length > MAX_ID_CHARS))
    throw new AuditLogError('id_too_long', `an id of an audit event has more than ${MAX_ID_CHARS} characters`);
  return {
    event_id: event.id,
    tenant_id: event.tenantId,
    event: event.event,
    outcome: event.outcome,
    subject_id: event.subject.id,
    actor_id: event.actor.id,
    instant: event.instant,
  };
}

/** Only hashes that a tile shows are stored: those of full tiles, every eighth level. Level 0 is `leaf_hash`. */
export function tileRowsOf(completed: readonly CompletedNode[]): { level: number; hash_index: number; hash: string }[] {
  return completed
    .filter(({ level }) => level > 0 && level % TILE_HEIGHT === 0)
    .map(({ level, index, hash }) => ({ level: level / TILE_HEIGHT, hash_index: index, hash: hexOf(hash) }));
}

/** The edge of the tree as committed; empty before the first event. */
export async function readFrontier(knex: Knex): Promise<Frontier> {
  const head = await knex('audit_head').where({ id: 'log' }).first('size', 'frontier');
  if (head === undefined) throw new AuditLogError('log_inconsistent', 'the head of the audit log is missing');
  return parseFrontier(Number(head.size), String(head.frontier));
}

export function frontierText(frontier: Frontier): string {
  return JSON.stringify(frontier.peaks.map(hexOf));
}

/** Takes the lock on the head that appends and checkpoints queue on, and gives the edge under it. */
async function lockHead(trx: Knex.Transaction, added: number): Promise<Frontier> {
  // An UPDATE first, since it locks the row on PostgreSQL and the file on SQLite, where FOR UPDATE means nothing.
  await trx('audit_head')
    .where({ id: 'log' })
    .update({ size: trx.raw('?? + ?', ['size', added]) });
  const head = await trx('audit_head').where({ id: 'log' }).first('size', 'frontier');
  if (head === undefined) throw new AuditLogError('log_inconsistent', 'the head of the audit log is missing');
  return parseFrontier(Number(head.size) - added, String(head.frontier));
}

function parseFrontier(size: number, text: string): Frontier {
  const peaks = (JSON.parse(text) as string[]).map((hex) => findHex(hex));
  if (peaks.length !== peakCount(size) || peaks.some((peak) => peak?.length !== 32))
    throw new AuditLogError('log_inconsistent', 'the head of the audit log does not fit its size');
  return { size, peaks: peaks as Uint8Array[] };
}

/** Throws `event_unknown`, also for an event of another tenant when a tenant is named. */
export async function getEvent(knex: Knex, of: { eventId: string; tenantId?: string | null }): Promise<StoredEvent> {
  const query = knex('audit_leaves').where({ event_id: of.eventId });
  if (of.tenantId !== undefined) query.where({ tenant_id: of.tenantId });
  const row: LeafRow | undefined = await query.first();
  if (row === undefined) throw new AuditLogError('event_unknown', 'there is no such audit event');
  return storedEventOf(row);
}

export function storedEventOf(row: LeafRow): StoredEvent {
  return { index: Number(row.leaf_index), event: eventOf(new TextEncoder().encode(row.leaf)), leaf: row.leaf };
}
