// Queues what was found: for each destination a removal with its clock, the ids sealed, and a job in the audience's turn, so that
// a delivery under way is over before it looks at what the destination holds.
import { instantAfter, instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground, WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { wrapKey } from '../keys/key-wrapping.ts';
import type { FoundRemoval, FoundRemovals } from './find-removals.ts';
import { REMOVAL_DUE_MS } from './limits.ts';
import type { PersonSet, RemovalWish } from './person-set.ts';
import { type Removal, removals } from './removal.ts';
import { sealOutbox } from './removal-outbox.ts';

/**
 * For a worker that has the engine: `findRemovals` first, then this in the transaction that ends consent or starts an erasure,
 * before any row of the persons is destroyed. Each removal is an event of its own after the one of the transaction.
 */
export async function queueRemovals(
  tx: AuditedTransaction,
  ground: WorkerGround,
  { wish, found }: FoundRemovals,
): Promise<Removal[]> {
  const queued: Removal[] = [];
  for (const each of found) {
    const removal = newRemoval(ground, wish, each);
    await removals.insert(tx, removal);
    await sealOutbox(tx, ground, removal, each.search);
    const jobId = await insertJob(tx, removalJobOf(removal), removal.requestedAt);
    const saved = { ...removal, jobId };
    await removals.save(tx, saved);
    tx.alsoRecord({
      tenantId: wish.tenantId,
      actor: { kind: 'worker', id: 'removals' },
      event: 'removal.requested',
      outcome: 'succeeded',
      subject: { kind: 'removal', id: removal.id },
      detail: {
        request: wish.request.id,
        reason: wish.reason,
        destination: removal.destinationKind,
        due: removal.dueAt,
      },
    });
    queued.push(saved);
  }
  return queued;
}

/** Without the engine: a job will find the destinations. Keys travel to it sealed. Returns the id of the job. */
export async function requestRemovals(
  tx: AuditedTransaction,
  ground: Ground,
  { wish, createdBy }: { wish: RemovalWish; createdBy: string },
): Promise<string> {
  const id = newId('job');
  const sealed = await wrapKey(ground.rootKey, wishInput(wish.tenantId, id), Buffer.from(textOfPersons(wish.persons)));
  const job = {
    id,
    kind: 'find-removals',
    tenantId: wish.tenantId,
    subject: wish.request,
    turnId: wish.request.id,
    input: {
      sealed,
      reason: wish.reason,
      request: { ...wish.request },
      ...(wish.purposes === undefined ? {} : { purposes: [...wish.purposes] }),
      ...(wish.onlyRefused === undefined ? {} : { onlyRefused: wish.onlyRefused }),
      ...(wish.destinationKinds === undefined ? {} : { destinationKinds: [...wish.destinationKinds] }),
      ...(wish.destinationIds === undefined ? {} : { destinationIds: [...wish.destinationIds] }),
    },
    createdBy,
  };
  return insertJob(tx, job, instantOf(ground.clock));
}

/** What the keys of one job are encrypted for, so that they open in that job alone. */
export function wishInput(tenantId: string, jobId: string) {
  return { purpose: 'person-keys' as const, ownerId: tenantId, objectId: jobId, version: 1 };
}

export function removalJobOf(removal: Pick<Removal, 'id' | 'destinationTenantId' | 'audienceId'>) {
  return {
    kind: 'remove-persons',
    tenantId: removal.destinationTenantId,
    subject: { kind: 'removal', id: removal.id },
    turnId: removal.audienceId,
    input: { removalId: removal.id },
    createdBy: 'removals',
  };
}

function textOfPersons(persons: readonly PersonSet[]): string {
  const plain = persons.map((set) =>
    set.by === 'dataset' ? set : { ...set, keys: Buffer.from(set.keys).toString('hex') },
  );
  return JSON.stringify(plain);
}

export function personsOfText(text: string): PersonSet[] {
  const plain = JSON.parse(text) as (PersonSet & { keys?: string })[];
  return plain.map((set) => (set.by === 'dataset' ? set : { ...set, keys: Buffer.from(String(set.keys), 'hex') }));
}

function newRemoval(ground: Ground, wish: RemovalWish, { target }: FoundRemoval): Removal {
  return {
    id: newId('rmv'),
    tenantId: wish.tenantId,
    destinationTenantId: target.destinationTenantId,
    activationId: target.activationId,
    audienceId: target.audienceId,
    destinationId: target.destinationId,
    destinationKind: target.destinationKind,
    collaborationId: target.reaches[0]?.through?.collaborationId ?? null,
    requestKind: wish.request.kind,
    requestId: wish.request.id,
    reason: wish.reason,
    status: 'queued',
    jobId: null,
    attempts: 0,
    report: null,
    erasure: null,
    failure: null,
    requestedAt: instantOf(ground.clock),
    dueAt: instantAfter(ground.clock, REMOVAL_DUE_MS),
    confirmedAt: null,
    triedAt: null,
    receiptEventId: null,
  };
}
