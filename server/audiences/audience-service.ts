// Asking for audiences: a segment over a match of its collaboration, or over one own dataset.
import { listCriteria } from '../../matching/segment.ts';
import { instantOf } from '../clock.ts';
import { assertAcceptedMember, assertActive } from '../collaborations/collaboration.ts';
import { getVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { type Match, matches } from '../collaborations/match.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { monthsAfter } from '../retention/expiry.ts';
import { RETENTION_MONTHS } from '../retention/limits.ts';
import { type SegmentRecord, segments } from '../segments/segment-record.ts';
import { type Audience, audiences } from './audience.ts';

export interface AudienceWish {
  readonly name: string;
  readonly segmentId: string;
  readonly matchId: string | undefined;
  readonly instant: string | undefined;
}

export async function createAudience(ground: Ground, caller: TenantCaller, wish: AudienceWish): Promise<Audience> {
  const id = newId('aud');
  const event = {
    ...byCaller(caller),
    event: 'audience.created',
    outcome: 'succeeded',
    subject: { kind: 'audience', id },
    detail: { segment: wish.segmentId, match: wish.matchId ?? null },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const segment = await segments.get(tx.trx, wish.segmentId, { tenant_id: caller.tenantId });
    const matchId = await checkedMatch(ground, tx, { segment, matchId: wish.matchId, tenantId: caller.tenantId });
    const audience: Audience = {
      id,
      tenantId: caller.tenantId,
      name: wish.name,
      segmentId: segment.id,
      matchId,
      datasetId: segment.datasetId,
      versionId: null,
      instant: instantAsked(ground, wish.instant),
      status: 'queued',
      jobId: await queueEvaluation(ground, tx, { audienceId: id, caller }),
      size: null,
      createdAt: instantOf(ground.clock),
      expiresAt: monthsAfter(instantOf(ground.clock), RETENTION_MONTHS),
    };
    await audiences.insert(tx, audience);
    return audience;
  });
  return result;
}

export async function refreshAudience(
  ground: Ground,
  caller: TenantCaller,
  wish: { id: string; matchId: string | undefined; instant: string | undefined },
): Promise<Audience> {
  const event = {
    ...byCaller(caller),
    event: 'audience.refresh-requested',
    outcome: 'succeeded',
    subject: { kind: 'audience', id: wish.id },
    detail: { match: wish.matchId ?? null },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const audience = await audiences.get(tx.trx, wish.id, { tenant_id: caller.tenantId });
    const segment = await segments.get(tx.trx, audience.segmentId, { tenant_id: caller.tenantId });
    const matchId = await checkedMatch(ground, tx, {
      segment,
      matchId: wish.matchId ?? audience.matchId ?? undefined,
      tenantId: caller.tenantId,
    });
    const next: Audience = {
      ...audience,
      matchId,
      instant: instantAsked(ground, wish.instant),
      status: 'queued',
      size: null,
      expiresAt: monthsAfter(instantOf(ground.clock), RETENTION_MONTHS),
      jobId: await queueEvaluation(ground, tx, { audienceId: audience.id, caller }),
    };
    await audiences.save(tx, next);
    return next;
  });
  return result;
}

async function checkedMatch(
  ground: Ground,
  tx: AuditedTransaction,
  { segment, matchId, tenantId }: { segment: SegmentRecord; matchId: string | undefined; tenantId: string },
): Promise<string | null> {
  const { collaborationId } = segment;
  if (collaborationId === null) {
    if (matchId === undefined) return null;
    throw matchFault('This segment is over an own dataset and takes no match.');
  }
  if (matchId === undefined) throw matchFault('A segment over a collaboration is evaluated over one of its matches.');
  const collaboration = await getVisibleCollaboration(tx.trx, { id: collaborationId, tenantId });
  assertActive(collaboration, instantOf(ground.clock));
  assertAcceptedMember(collaboration, tenantId);
  const match = await matches.get(tx.trx, matchId, { collaboration_id: collaborationId });
  await assertSourcesJoined(tx, segment, match);
  if (match.status === 'ready') return match.id;
  throw new ServiceError('state_conflict', { detail: `The match is ${match.status}, not ready.` });
}

/** In a collaboration of three, a segment may name a contribution that this match leaves out. */
async function assertSourcesJoined(tx: AuditedTransaction, segment: SegmentRecord, match: Match): Promise<void> {
  const left = await contributions.get(tx.trx, match.leftContributionId);
  const right = await contributions.get(tx.trx, match.rightContributionId);
  const missing = listCriteria(segment.expression)
    .map(({ source }) => source)
    .filter((source) => source !== left.alias && source !== right.alias);
  if (missing.length > 0) throw matchFault(`The match does not join ${[...new Set(missing)].join(', ')}.`);
}

/** An audience of the future would be guessed. */
function instantAsked(ground: Ground, instant: string | undefined): string {
  const now = instantOf(ground.clock);
  if (instant === undefined) return now;
  const asked = new Date(instant);
  if (asked <= ground.clock.now()) return asked.toISOString();
  throw new ServiceError('request_invalid', {
    errors: [{ pointer: '/instant', message: 'An audience is evaluated now or at an earlier instant.' }],
  });
}

function queueEvaluation(
  ground: Ground,
  tx: AuditedTransaction,
  { audienceId, caller }: { audienceId: string; caller: TenantCaller },
): Promise<string> {
  const job = {
    kind: 'audience',
    tenantId: caller.tenantId,
    subject: { kind: 'audience', id: audienceId },
    turnId: audienceId,
    input: { audienceId, requestedBy: caller.memberId },
    createdBy: caller.memberId,
  };
  return insertJob(tx, job, instantOf(ground.clock));
}

function matchFault(message: string): ServiceError {
  return new ServiceError('request_invalid', { errors: [{ pointer: '/match_id', message }] });
}
