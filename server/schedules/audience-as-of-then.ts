// What a run of a schedule delivers: the audience of its segment over the data as they are then. Here is found what it can be evaluated
// over, without a new approval: the same contributions under the same rules, matched anew where they moved on.
import type { Knex } from 'knex';
import type { Activation } from '../activations/activation.ts';
import { getAudienceGrounds } from '../activations/activation-grounds.ts';
import { audiences } from '../audiences/audience.ts';
import { instantOf } from '../clock.ts';
import { isAcceptedMember, isActive } from '../collaborations/collaboration.ts';
import type { Contribution } from '../collaborations/contribution.ts';
import { type Match, matches } from '../collaborations/match.ts';
import { queueMatch } from '../collaborations/match-service.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { monthsAfter } from '../retention/expiry.ts';
import { RETENTION_MONTHS } from '../retention/limits.ts';
import type { Schedule } from './schedule.ts';

/** Why there is nothing to deliver as of now. What a delivery itself is denied for comes on top. */
export type NotAsOfThen =
  | 'audience_expired'
  | 'collaboration_inactive'
  | 'contribution_not_ready'
  | 'contribution_outdated'
  | 'dataset_empty'
  | 'match_failed'
  | 'match_not_permitted'
  | 'match_under_way';

export type AsOfThen =
  | { readonly matchId: string | null; readonly because?: undefined }
  /** With `isNews` something was done about it, whatever was told before. */
  | { readonly because: NotAsOfThen; readonly isNews?: true };

/** Queues a match where one is wanted, for the schedule's maker, whom `mayMatch` tells of. */
export async function findAsOfThen(
  ground: Ground,
  tx: AuditedTransaction,
  of: { schedule: Schedule; activation: Activation; mayMatch(): Promise<boolean> },
): Promise<AsOfThen> {
  const { audience, matched } = await getAudienceGrounds(tx.trx, { audienceId: of.activation.audienceId });
  if (audience.status === 'expired') return { because: 'audience_expired' };
  if (matched === undefined) {
    const visible = await findVisibleVersion(tx.trx, audience.datasetId ?? '');
    return visible === null ? { because: 'dataset_empty' } : { matchId: null };
  }
  const { collaboration, left, right } = matched;
  const { tenantId, createdBy } = of.schedule;
  if (!isActive(collaboration, instantOf(ground.clock)) || !isAcceptedMember(collaboration, tenantId))
    return { because: 'collaboration_inactive' };
  for (const side of [left, right]) {
    if (side.status !== 'ready' || side.engineId === null) return { because: 'contribution_not_ready' };
    if (side.tenantId === tenantId && (await isOutdated(tx.trx, side))) return { because: 'contribution_outdated' };
  }
  const current = await listCurrentMatches(tx.trx, { left, right });
  const ready = current.findLast(({ status }) => status === 'ready');
  if (ready !== undefined) return { matchId: ready.id };
  if (current.some(({ status }) => status === 'queued' || status === 'running')) return { because: 'match_under_way' };
  if (current.at(-1)?.status === 'failed') return { because: 'match_failed' };
  if (!(await of.mayMatch())) return { because: 'match_not_permitted' };
  const sides = { leftContributionId: left.id, rightContributionId: right.id };
  const match = await queueMatch(ground, tx, {
    ...{ id: newId('mat'), collaborationId: collaboration.id, ...sides, tenantId, createdBy },
  });
  tx.alsoRecord({
    ...{ actor: { kind: 'service', id: 'scheduler' }, tenantId, event: 'match.requested', outcome: 'succeeded' },
    subject: { kind: 'match', id: match.id },
    detail: { left: left.id, right: right.id, schedule: of.schedule.id, onBehalfOf: createdBy },
  });
  return { because: 'match_under_way', isNews: true };
}

/** Until its delivery has evaluated it anew, nothing else is delivered of it: its persons may be numbered by data that are no more. */
export async function awaitEvaluation(
  ground: Ground,
  tx: AuditedTransaction,
  of: { audienceId: string; matchId: string | null; jobId: string },
): Promise<void> {
  const audience = await audiences.get(tx.trx, of.audienceId);
  const at = instantOf(ground.clock);
  const { matchId, jobId } = of;
  const expiresAt = monthsAfter(at, RETENTION_MONTHS);
  await audiences.save(tx, { ...audience, matchId, jobId, instant: at, status: 'queued', size: null, expiresAt });
}

async function findVisibleVersion(knex: Knex, datasetId: string): Promise<string | null> {
  const row = (await knex('datasets').where({ id: datasetId, status: 'active' }).first('visible_version_id')) as
    | { visible_version_id: string | null }
    | undefined;
  return row?.visible_version_id ?? null;
}

/** A partner's contribution is as current as the partner offers it; the asker's own is to be of what is visible now. */
async function isOutdated(knex: Knex, { datasetId, versionId }: Contribution): Promise<boolean> {
  const visible = await findVisibleVersion(knex, datasetId);
  return visible !== null && visible !== versionId;
}

/** Of the tables as they are now, whichever stands left; the earliest first. */
async function listCurrentMatches(
  knex: Knex,
  { left, right }: { left: Contribution; right: Contribution },
): Promise<Match[]> {
  const all = await matches.listAll(knex, { left_contribution_id: left.id, right_contribution_id: right.id });
  return all.filter(
    ({ leftEngineId, rightEngineId }) => leftEngineId === left.engineId && rightEngineId === right.engineId,
  );
}
