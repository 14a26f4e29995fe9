// Signs the log: every 10 s if it grew, with an hourly heartbeat, and before every release. Upholds: no checkpoint is
// signed that is not consistent with every one signed before.
import type { Knex } from 'knex';
import { bytesEqual, hexOf } from '../../audit/bytes.ts';
import { openCheckpoint, signCheckpoint } from '../../audit/checkpoint.ts';
import { rootOf } from '../../audit/frontier.ts';
import type { Hash } from '../../audit/merkle.ts';
import { verifyConsistency } from '../../audit/merkle-verify.ts';
import type { NoteSigner } from '../../audit/note-key.ts';
import { type Clock, instantOf } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { newId } from '../ids.ts';
import { AuditLogError } from './audit-log-error.ts';
import { appendEvent, readFrontier } from './audit-log-store.ts';
import type { Cosigner } from './cosigner.ts';
import { CHECKPOINT_INTERVAL_MS, HEARTBEAT_INTERVAL_MS, RELEASE_RETRY_MS } from './limits.ts';
import { currentOrigin, logKeys } from './log-origin.ts';
import { storedConsistencyProof, storedRoot } from './stored-tree.ts';

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: string;
  readonly instant: string;
  /** The signed note with its cosignatures, as it is served. */
  readonly note: string;
  /** The note lines of witnesses; null until as many cosigned as the policy asks for. */
  readonly cosignatures: string | null;
}

export interface CheckpointService {
  /**
   * A signed checkpoint that covers every event committed before the call, cosigned by the quorum where a witness policy is
   * configured. Call it outside of any transaction and before anything is released; throws `log_inconsistent`,
   * `log_rolled_back` or `quorum_missing`, and then nothing may leave.
   */
  checkpointNow(): Promise<StoredCheckpoint>;
  /** What the timer does: a heartbeat if an hour passed in silence, then a checkpoint if the log grew. */
  tick(): Promise<void>;
  /** At once, then every 10 s. */
  start(): void;
  /** Resolves once a running tick has ended. */
  stop(): Promise<void>;
}

export interface CheckpointServiceOptions {
  readonly db: Database;
  /** The log's Ed25519 key; its name is the log's origin, until a rollback gave it another. */
  readonly signer: NoteSigner;
  /** Asks witnesses; without it a checkpoint is the log's word alone. */
  readonly cosigner?: Cosigner;
  /** How long a missing quorum is waited for before it is an error. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export function createCheckpointService(options: CheckpointServiceOptions): CheckpointService {
  // Remembered beside the database, so that a database rolled back under a running service is noticed.
  let lastSigned: StoredCheckpoint | undefined;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const checkpointNow = async (): Promise<StoredCheckpoint> => {
    const until = Date.now() + (options.patienceMs ?? 0);
    for (;;) {
      const signed = await writeTransaction(options.db, (trx) => signGrown(trx, { ...options, lastSigned }));
      lastSigned = signed;
      if (options.cosigner === undefined) return signed;
      try {
        const cosigned = await options.cosigner.cosigned(signed);
        if (cosigned !== undefined) return cosigned;
      } catch (error) {
        const mayComeBack = error instanceof AuditLogError && error.code === 'quorum_missing';
        if (!mayComeBack || Date.now() >= until) throw error;
        await new Promise((resolve) => setTimeout(resolve, RELEASE_RETRY_MS));
      }
    }
  };
  const tick = async (): Promise<void> => {
    await beatIfSilent(options);
    await checkpointNow();
  };
  const start = (): void => {
    const next = (): void => {
      running = running.then(tick).catch(options.onError);
    };
    next();
    timer ??= setInterval(next, CHECKPOINT_INTERVAL_MS);
    timer.unref();
  };
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    timer = undefined;
    await running;
  };
  return { checkpointNow, tick, start, stop };
}

/** The newest signed checkpoint, for serving. */
export async function findLatestCheckpoint(knex: Knex): Promise<StoredCheckpoint | undefined> {
  const row = await knex('audit_checkpoints').orderBy('size', 'desc').first();
  return row && checkpointOf(row);
}

/**
 * The earliest signed checkpoint whose tree holds this leaf, or the earliest cosigned one: a receipt against it reads the same
 * for as long as the same is asked for.
 */
export async function findCoveringCheckpoint(
  knex: Knex,
  of: { index: number; isCosigned: boolean },
): Promise<StoredCheckpoint | undefined> {
  const query = knex('audit_checkpoints').where('size', '>', of.index);
  if (of.isCosigned) query.whereNotNull('cosignatures');
  const row = await query.orderBy('size').first();
  return row && checkpointOf(row);
}

async function signGrown(
  trx: Knex.Transaction,
  options: CheckpointServiceOptions & { lastSigned: StoredCheckpoint | undefined },
): Promise<StoredCheckpoint> {
  // Two processes must not sign at once: a write to the head queues them, as it queues appends.
  await trx('audit_head')
    .where({ id: 'log' })
    .update({ size: trx.ref('size') });
  const frontier = await readFrontier(trx);
  const { size } = frontier;
  const root = rootOf(frontier);
  const latest = await findLatestCheckpoint(trx);
  const { origin } = await currentOrigin(trx, options.signer.name);
  const remembered = options.lastSigned;
  if (remembered && (latest === undefined || latest.size < remembered.size)) throw rolledBack(remembered.size, size);
  if (latest !== undefined) await assertExtends(trx, { latest, signer: options.signer, size, root });
  if (latest?.size === size) return latest;
  const { signer, clock } = options;
  const note = await signCheckpoint({ origin, size, root }, [{ ...signer, name: origin }]);
  const signed = { size, root: hexOf(root), instant: instantOf(clock), note, cosignatures: null };
  await trx('audit_checkpoints').insert(signed);
  return signed;
}

// Not the stored root but the signed one is compared: whoever can change the table cannot change a signature.
async function assertExtends(
  trx: Knex.Transaction,
  of: { latest: StoredCheckpoint; signer: NoteSigner; size: number; root: Hash },
): Promise<void> {
  const { latest, size, root } = of;
  const verifierKeys = await logKeys(trx, of.signer);
  // A checkpoint under an earlier key (after a key rotation) is not opened; its stored root must do.
  const signed = await openCheckpoint(latest.note, { verifierKeys }).catch(() => undefined);
  if (signed !== undefined && (signed.size !== latest.size || hexOf(signed.root) !== latest.root))
    throw inconsistent(`the stored checkpoint of size ${latest.size} is not the one that was signed`);
  if (latest.size > size) throw rolledBack(latest.size, size);
  const oldRoot = signed?.root ?? (await storedRoot(trx, latest.size));
  if (hexOf(oldRoot) !== latest.root) throw inconsistent(`the tree of size ${latest.size} is not the one signed`);
  if (latest.size === size) {
    if (!bytesEqual(oldRoot, root)) throw inconsistent(`the tree of size ${size} changed after it was signed`);
    return;
  }
  const proof = await storedConsistencyProof(trx, { oldSize: latest.size, newSize: size });
  if (!verifyConsistency({ oldSize: latest.size, oldRoot, newSize: size, newRoot: root, proof }))
    throw inconsistent(`the tree of size ${size} does not extend the one signed at ${latest.size}`);
}

async function beatIfSilent(options: CheckpointServiceOptions): Promise<void> {
  const { db, clock, signer } = options;
  const now = clock.now();
  const last = await db.knex('audit_leaf_hashes').orderBy('leaf_index', 'desc').first('instant');
  if (last !== undefined && now.getTime() - Date.parse(last.instant) < HEARTBEAT_INTERVAL_MS) return;
  await writeTransaction(db, (trx) =>
    appendEvent(trx, {
      id: newId('evt', now.getTime()),
      instant: now.toISOString(),
      tenantId: null,
      actor: { kind: 'service', id: 'service' },
      event: 'audit-log.heartbeat',
      outcome: 'succeeded',
      subject: { kind: 'audit-log', id: 'log' },
      detail: { origin: signer.name },
    }),
  );
}

function checkpointOf(
  row: Record<'size' | 'root' | 'instant' | 'note', unknown> & { cosignatures: string | null },
): StoredCheckpoint {
  return {
    size: Number(row.size),
    root: String(row.root),
    instant: String(row.instant),
    note: `${row.note}${row.cosignatures ?? ''}`,
    cosignatures: row.cosignatures,
  };
}

function inconsistent(message: string): AuditLogError {
  return new AuditLogError('log_inconsistent', `nothing is signed: ${message}`);
}

function rolledBack(signedSize: number, size: number): AuditLogError {
  const message = `the log has ${size} entries and ${signedSize} were signed: an older backup was restored`;
  return new AuditLogError('log_rolled_back', message);
}
