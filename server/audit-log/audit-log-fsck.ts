// Recomputes the whole stored log from its leaves and names the first index that is broken: `ecluse audit fsck`.
import type { Knex } from 'knex';
import { hexOf } from '../../audit/bytes.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../../audit/checkpoint.ts';
import { type AuditEvent, eventOf } from '../../audit/event.ts';
import { appendLeaf, type CompletedNode, EMPTY_FRONTIER, type Frontier, rootOf } from '../../audit/frontier.ts';
import { leafHash } from '../../audit/merkle.ts';
import { columnsOf, frontierText, type LeafRow, tileRowsOf } from './audit-log-store.ts';
import { PAGE_ROWS } from './limits.ts';

export type ProblemKind =
  | 'leaf_missing'
  | 'leaf_changed'
  | 'leaf_moved'
  | 'column_changed'
  | 'tile_changed'
  | 'checkpoint_changed'
  | 'checkpoint_missing'
  | 'head_changed'
  | 'log_truncated';

export interface FsckProblem {
  /** The first leaf index that cannot be vouched for any more. */
  readonly index: number;
  readonly kind: ProblemKind;
  readonly detail: string;
}

export interface FsckReport {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly checkpoints: number;
  /** Events after the newest checkpoint: a few seconds' worth, or what the service was kept from signing. */
  readonly unsigned: number;
  readonly firstBroken?: FsckProblem;
}

export interface FsckOptions {
  /** Without keys the stored checkpoints' signatures are not checked, only their roots, and none has to be there. */
  readonly verifierKeys: readonly string[];
  /** Checkpoints kept elsewhere, which the database's owner cannot have changed. */
  readonly keptCheckpoints?: readonly string[];
}

export async function fsckAuditLog(knex: Knex, options: FsckOptions): Promise<FsckReport> {
  const expected = await readCheckpoints(knex, options);
  const isSigned = options.verifierKeys.length > 0;
  const walk: Walk = { knex, frontier: EMPTY_FRONTIER, vouchedSize: 0, expected, checkpoints: 0, decidedAt: new Map() };
  const firstBroken = (await findBrokenLeaf(walk, isSigned)) ?? (await findBrokenEnd(walk, isSigned));
  const { frontier, checkpoints, vouchedSize } = walk;
  const unsigned = frontier.size - vouchedSize;
  const report = { size: frontier.size, root: hexOf(rootOf(frontier)), checkpoints, unsigned };
  return { ok: firstBroken === undefined, ...report, ...(firstBroken && { firstBroken }) };
}

interface ExpectedRoot {
  readonly size: number;
  readonly root: string;
  readonly problem?: string;
}

interface Walk {
  readonly knex: Knex;
  frontier: Frontier;
  /** Up to here a checkpoint has confirmed the leaves. */
  vouchedSize: number;
  readonly expected: ExpectedRoot[];
  checkpoints: number;
  /** Where each decision to release stands, for the release that names it. */
  readonly decidedAt: Map<string, number>;
}

async function findBrokenLeaf(walk: Walk, isSigned: boolean): Promise<FsckProblem | undefined> {
  const early = findBrokenCheckpoint(walk);
  if (early) return early;
  for (;;) {
    const rows: LeafRow[] = await walk
      .knex('audit_leaves')
      .where('leaf_index', '>=', walk.frontier.size)
      .orderBy('leaf_index')
      .limit(PAGE_ROWS);
    for (const row of rows) {
      const problem =
        (await findBrokenRow(walk, row)) ??
        (isSigned ? findUnsignedRelease(walk, row) : undefined) ??
        findBrokenCheckpoint(walk);
      if (problem) return problem;
    }
    if (rows.length < PAGE_ROWS) return undefined;
  }
}

async function findBrokenRow(walk: Walk, row: LeafRow): Promise<FsckProblem | undefined> {
  const index = walk.frontier.size;
  if (Number(row.leaf_index) !== index) return { index, kind: 'leaf_missing', detail: `leaf ${index} is missing` };
  const leaf = new TextEncoder().encode(row.leaf);
  const hash = leafHash(leaf);
  if (hexOf(hash) !== row.leaf_hash) return { index, kind: 'leaf_changed', detail: `leaf ${index} was changed` };
  const step = appendLeaf(walk.frontier, hash);
  if (hexOf(rootOf(step.frontier)) !== row.root)
    return { index, kind: 'leaf_moved', detail: `leaf ${index} is not the one that was appended here` };
  const column = findWrongColumn(leaf, row);
  if (column) return { index, kind: 'column_changed', detail: `leaf ${index}: ${column}` };
  const tile = await findWrongTile(walk.knex, step.completed);
  if (tile) return { index, kind: 'tile_changed', detail: tile };
  walk.frontier = step.frontier;
  return undefined;
}

const DECISIONS = ['delivery.decided', 'analysis.decided'];
const RELEASES = ['delivery.completed', 'delivery.partial', 'analysis.released'];

// Nothing is released before the log is signed past its decision, so between a decision and its release there is a checkpoint.
// Whoever deletes checkpoints, without rewriting the events too, is found by the releases that stand without one.
function findUnsignedRelease(walk: Walk, row: LeafRow): FsckProblem | undefined {
  const index = walk.frontier.size - 1;
  if (DECISIONS.includes(row.event) && row.outcome === 'allowed') walk.decidedAt.set(row.event_id, index);
  if (!RELEASES.includes(row.event)) return undefined;
  const { decision } = eventOf(new TextEncoder().encode(row.leaf)).detail;
  const decidedAt = walk.decidedAt.get(String(decision));
  walk.decidedAt.delete(String(decision));
  if (decidedAt === undefined || walk.vouchedSize > decidedAt) return undefined;
  const detail = `what was decided at ${decidedAt} was released at ${index}, and no checkpoint between them is here`;
  return { index: decidedAt, kind: 'checkpoint_missing', detail };
}

// Checkpoints of the size just reached. A wrong one cannot say which leaf, only that one since the last right one.
function findBrokenCheckpoint(walk: Walk): FsckProblem | undefined {
  const root = hexOf(rootOf(walk.frontier));
  while (walk.expected[0]?.size === walk.frontier.size) {
    const { size, root: signedRoot, problem } = walk.expected.shift()!;
    const index = walk.vouchedSize;
    if (problem) return { index, kind: 'checkpoint_changed', detail: `checkpoint of size ${size}: ${problem}` };
    if (signedRoot !== root)
      return { index, kind: 'checkpoint_changed', detail: `leaves ${index} to ${size - 1} are not those signed` };
    walk.checkpoints += 1;
    walk.vouchedSize = size;
  }
  return undefined;
}

async function findBrokenEnd(walk: Walk, isSigned: boolean): Promise<FsckProblem | undefined> {
  const { frontier, knex, expected } = walk;
  const index = frontier.size;
  // A service signs its log when it starts: events without any checkpoint are a log whose checkpoints were deleted.
  if (isSigned && index > 0 && walk.checkpoints === 0 && expected.length === 0)
    return { index: 0, kind: 'checkpoint_missing', detail: `there are ${index} events and no checkpoint at all` };
  const [signed] = expected;
  if (signed) return { index, kind: 'log_truncated', detail: `${signed.size} leaves were signed, ${index} are here` };
  const head = await knex('audit_head').where({ id: 'log' }).first();
  if (head === undefined || Number(head.size) > index)
    return { index, kind: 'log_truncated', detail: `the head counts ${head?.size ?? 'nothing'}, ${index} are here` };
  if (Number(head.size) !== index || head.frontier !== frontierText(frontier))
    return { index, kind: 'head_changed', detail: 'the head does not fit the leaves' };
  const stored = Number((await knex('audit_tile_hashes').count({ rows: '*' }).first())?.rows);
  if (stored !== tileHashCount(index)) return { index, kind: 'tile_changed', detail: 'there are tile hashes too many' };
  return undefined;
}

function findWrongColumn(leaf: Uint8Array, row: LeafRow): string | undefined {
  let event: AuditEvent;
  try {
    event = eventOf(leaf);
  } catch {
    return 'the leaf holds no audit event';
  }
  const wrong = Object.entries(columnsOf(event)).find(([column, value]) => row[column as keyof LeafRow] !== value);
  return wrong && `the column ${wrong[0]} differs from the leaf`;
}

async function findWrongTile(knex: Knex, completed: readonly CompletedNode[]): Promise<string | undefined> {
  for (const { level, hash_index, hash } of tileRowsOf(completed)) {
    const row = await knex('audit_tile_hashes').where({ level, hash_index }).first('hash');
    if (row?.hash !== hash) return `hash ${hash_index} of tile level ${level} is ${row ? 'wrong' : 'missing'}`;
  }
  return undefined;
}

async function readCheckpoints(knex: Knex, options: FsckOptions): Promise<ExpectedRoot[]> {
  const { verifierKeys, keptCheckpoints = [] } = options;
  const expected: ExpectedRoot[] = [];
  for (const row of await knex('audit_checkpoints').orderBy('size')) {
    const stored = { size: Number(row.size), root: String(row.root) };
    const problem = verifierKeys.length === 0 ? undefined : await findWrongNote(String(row.note), stored, verifierKeys);
    expected.push({ ...stored, ...(problem && { problem }) });
  }
  for (const note of keptCheckpoints) {
    const { size, root } = await openCheckpoint(note, { verifierKeys });
    expected.push({ size, root: hexOf(root) });
  }
  return expected.sort((left, right) => left.size - right.size);
}

async function findWrongNote(
  note: string,
  stored: { size: number; root: string },
  verifierKeys: readonly string[],
): Promise<string | undefined> {
  let signed: OpenedCheckpoint;
  try {
    signed = await openCheckpoint(note, { verifierKeys });
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
  const isSame = signed.size === stored.size && hexOf(signed.root) === stored.root;
  return isSame ? undefined : 'its columns differ from the signed note';
}

// A level's hashes are one for each full tile of the level below.
function tileHashCount(size: number): number {
  let [count, hashes] = [0, Math.floor(size / 256)];
  for (; hashes > 0; hashes = Math.floor(hashes / 256)) count += hashes;
  return count;
}
