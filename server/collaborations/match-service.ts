// Asking for matches, and making useless those whose contributions or terms changed.
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Row } from '../database/row-mapping.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { assertAcceptedMember, assertActive } from './collaboration.ts';
import { lockVisibleCollaboration } from './collaboration-store.ts';
import type { Contribution } from './contribution.ts';
import { contributions } from './contribution-store.ts';
import { type Match, matches } from './match.ts';

export async function createMatch(
  ground: Ground,
  caller: TenantCaller,
  request: { collaborationId: string; leftContributionId: string; rightContributionId: string },
): Promise<Match> {
  const id = newId('mat');
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...byCaller(caller),
      event: 'match.requested',
      outcome: 'succeeded',
      subject: { kind: 'match', id },
      detail: { left: request.leftContributionId, right: request.rightContributionId },
    },
    (tx) => queueMatch(ground, tx, { ...request, id, tenantId: caller.tenantId, createdBy: caller.memberId }),
  );
  return result;
}

/** In the transaction of what asks for it, on behalf of a member who may. */
export async function queueMatch(
  ground: Ground,
  tx: AuditedTransaction,
  request: {
    id: string;
    collaborationId: string;
    leftContributionId: string;
    rightContributionId: string;
    tenantId: string;
    createdBy: string;
  },
): Promise<Match> {
  const { id, tenantId, createdBy } = request;
  const collaboration = await lockVisibleCollaboration(tx, { id: request.collaborationId, tenantId });
  assertActive(collaboration, instantOf(ground.clock));
  assertAcceptedMember(collaboration, tenantId);
  const sides = await getReadySides(tx, request);
  const subject = { kind: 'match', id };
  const job = { kind: 'match', tenantId, subject, turnId: collaboration.id, input: { matchId: id }, createdBy };
  const jobId = await insertJob(tx, job, instantOf(ground.clock));
  const match: Match = {
    id,
    collaborationId: collaboration.id,
    leftContributionId: sides.left.id,
    rightContributionId: sides.right.id,
    leftEngineId: sides.left.engineId,
    rightEngineId: sides.right.engineId,
    status: 'queued',
    jobId,
    createdAt: instantOf(ground.clock),
    matchedAt: null,
  };
  await matches.insert(tx, match);
  return match;
}

type Ready = Contribution & { engineId: string };

async function getReadySides(
  tx: AuditedTransaction,
  request: { collaborationId: string; leftContributionId: string; rightContributionId: string },
): Promise<{ left: Ready; right: Ready }> {
  const where = { collaboration_id: request.collaborationId };
  const left = await contributions.get(tx.trx, request.leftContributionId, where);
  const right = await contributions.get(tx.trx, request.rightContributionId, where);
  if (left.id === right.id) {
    throw new ServiceError('request_invalid', {
      errors: [{ pointer: '/right_contribution_id', message: 'A contribution is not matched with itself.' }],
    });
  }
  await assertSameSalt(tx, [left, right]);
  return { left: assertReady(left), right: assertReady(right) };
}

function assertReady(contribution: Contribution): Ready {
  const { engineId } = contribution;
  if (contribution.status === 'withdrawn' || engineId === null) {
    throw new ServiceError('state_conflict', {
      detail: `The contribution ${contribution.alias} is ${contribution.status}, not ready.`,
    });
  }
  return { ...contribution, engineId };
}

/** Digests under two salts never meet: a match of them would be silently empty. */
async function assertSameSalt(tx: AuditedTransaction, sides: readonly Contribution[]): Promise<void> {
  const rows = (await tx
    .trx('datasets')
    .whereIn(
      'id',
      sides.map(({ datasetId }) => datasetId),
    )
    .select('salt_id')) as { salt_id: string }[];
  if (new Set(rows.map((row) => row.salt_id)).size <= 1) return;
  throw new ServiceError('state_conflict', {
    detail:
      'The two datasets were hashed with different salts. Hash and load one of them again with the salt of the other.',
  });
}

/** Its answer would be of terms or persons that are no more. */
export async function markMatchesStale(tx: AuditedTransaction, where: Row): Promise<void> {
  await tx.trx('matches').where(where).whereIn('status', ['queued', 'running', 'ready']).update({ status: 'stale' });
}

/** Marks all matches of a contribution stale; returns the ids of their engine tables. */
export async function discardMatches(tx: AuditedTransaction, contributionId: string): Promise<string[]> {
  const left = await matches.listAll(tx.trx, { left_contribution_id: contributionId });
  const right = await matches.listAll(tx.trx, { right_contribution_id: contributionId });
  const ids = [...left, ...right].map((match) => match.id);
  await tx.trx('matches').whereIn('id', ids).update({ status: 'stale' });
  return ids;
}

/** What was computed from a contribution that is gone: the audiences over these matches. Returns their ids. */
export async function discardAudiences(tx: AuditedTransaction, matchIds: readonly string[]): Promise<string[]> {
  const rows = (await tx.trx('audiences').whereIn('match_id', matchIds).select('id')) as { id: string }[];
  await tx.trx('audiences').whereIn('match_id', matchIds).update({ status: 'failed', size: null });
  return rows.map((row) => row.id);
}
