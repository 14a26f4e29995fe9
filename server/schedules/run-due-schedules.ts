// The sweep that starts what is due. A run is the delivery that the schedule's maker could ask for at this moment, and no other:
// the same role, approval and terms; policies decide once more before anything leaves. After a downtime each schedule runs once.
import type { Knex } from 'knex';
import { accessRequest } from '../../policies/access.ts';
import { type Activation, activations } from '../activations/activation.ts';
import { isApprovedStill } from '../activations/approval-standing.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { queueDelivery } from '../deliveries/delivery-service.ts';
import { destinations } from '../destinations/destination.ts';
import type { Ground } from '../ground.ts';
import { type MemberRow, rolesOf } from '../tenants/member-store.ts';
import { awaitEvaluation, findAsOfThen } from './audience-as-of-then.ts';
import { MAX_RUNS_AT_ONCE } from './limits.ts';
import { nextRunOf, type PausedBecause, paused, type Schedule, schedules } from './schedule.ts';
import { lockSchedule } from './schedule-service.ts';

const SCHEDULER = { kind: 'service', id: 'scheduler' } as const;

/** Each in a transaction of its own, so that one that fails keeps no other from running. */
export async function runDueSchedules(ground: Ground): Promise<void> {
  const due = (await ground.db
    .knex('schedules')
    .where({ status: 'active' })
    .where('next_run_at', '<=', instantOf(ground.clock))
    .orderBy('next_run_at')
    .limit(MAX_RUNS_AT_ONCE)
    .select('id', 'tenant_id')) as { id: string; tenant_id: string }[];
  for (const { id, tenant_id: tenantId } of due) {
    try {
      await runSchedule(ground, { id, tenantId });
    } catch (error) {
      if (error instanceof StillDenied) continue;
      ground.log.error({ schedule: id, err: (error as Error).name }, 'a schedule did not run');
    }
  }
}

type Outcome =
  | { readonly what: 'delivered'; readonly schedule: Schedule; readonly deliveryId: string }
  | { readonly what: 'skipped' | 'paused' | 'denied'; readonly schedule: Schedule };

/** Takes the transaction back: nothing is new, and nothing is written down again each minute. */
class StillDenied extends Error {}

async function runSchedule(ground: Ground, key: { id: string; tenantId: string }): Promise<void> {
  // Another process of the service may have run it between the look and the lock.
  const isDue = (schedule: Schedule) =>
    schedule.status === 'active' && (schedule.nextRunAt ?? '') <= instantOf(ground.clock);
  if (!isDue(await schedules.get(ground.db.knex, key.id))) return;
  await auditedTransaction(ground.db, eventOf, async (tx): Promise<Outcome> => {
    const schedule = await lockSchedule(tx, key);
    if (!isDue(schedule)) throw new Error('ran elsewhere');
    const because = await findObstacle(ground, tx.trx, schedule);
    if (because !== undefined) {
      const stopped = paused(schedule, because);
      await schedules.save(tx, stopped);
      return { what: 'paused', schedule: stopped };
    }
    const nextRunAt = nextRunOf(schedule, ground.clock.now());
    const moved: Schedule = nextRunAt === null ? paused(schedule, 'no_more_runs') : { ...schedule, nextRunAt };
    const activation = await activations.get(tx.trx, schedule.activationId);
    if (isYetToBeApproved(activation) || (await isUnderWay(tx.trx, activation.id))) {
      await schedules.save(tx, moved);
      return { what: 'skipped', schedule: moved };
    }
    const mayMatch = () => may(ground, tx.trx, { schedule, permission: 'match:run', type: 'match' });
    const found = await findAsOfThen(ground, tx, { schedule, activation, mayMatch });
    if (found.because !== undefined) return denyRun(ground, tx, { schedule, ...found });
    return deliverAsOfThen(ground, tx, { schedule, moved, activation, matchId: found.matchId });
  });
}

/** The time stays as it is, so that the next sweep looks again. */
async function denyRun(
  ground: Ground,
  tx: AuditedTransaction,
  { schedule, because, isNews = false }: { schedule: Schedule; because: string; isNews?: boolean },
): Promise<Outcome> {
  if (schedule.deniedBecause === because && !isNews) throw new StillDenied();
  const dueSince = schedule.dueSince ?? schedule.nextRunAt ?? instantOf(ground.clock);
  const next: Schedule = { ...schedule, deniedBecause: because, dueSince };
  await schedules.save(tx, next);
  return { what: 'denied', schedule: next };
}

async function deliverAsOfThen(
  ground: Ground,
  tx: AuditedTransaction,
  of: { schedule: Schedule; moved: Schedule; activation: Activation; matchId: string | null },
): Promise<Outcome> {
  const { schedule, moved, activation, matchId } = of;
  const { mode, createdBy, id: scheduleId } = schedule;
  const queued = await queueDelivery(ground, tx, { activation, mode, createdBy, scheduleId });
  await awaitEvaluation(ground, tx, { audienceId: activation.audienceId, matchId, jobId: queued.jobId });
  const dueSince = schedule.dueSince ?? schedule.nextRunAt;
  await schedules.save(tx, { ...moved, dueSince, lastRunAt: instantOf(ground.clock), lastDeliveryId: queued.id });
  return { what: 'delivered', schedule, deliveryId: queued.id };
}

function eventOf(outcome: Outcome): AuditDraft {
  const { schedule } = outcome;
  const by = { actor: SCHEDULER, tenantId: schedule.tenantId, outcome: 'succeeded' as const };
  if (outcome.what === 'delivered') {
    const { activationId: activation, mode, createdBy } = schedule;
    const detail = { activation, mode, schedule: schedule.id, onBehalfOf: createdBy };
    return { ...by, event: 'delivery.requested', subject: { kind: 'delivery', id: outcome.deliveryId }, detail };
  }
  const subject = { kind: 'schedule', id: schedule.id };
  const detail = { activation: schedule.activationId };
  if (outcome.what === 'denied')
    return {
      ...by,
      event: 'schedule.denied',
      outcome: 'denied',
      subject,
      detail: { ...detail, because: schedule.deniedBecause },
    };
  if (outcome.what === 'skipped') return { ...by, event: 'schedule.skipped', subject, detail };
  return { ...by, event: 'schedule.paused', subject, detail: { ...detail, because: schedule.pausedBecause } };
}

/** Why the schedule's maker could not ask for this delivery now; undefined when nothing stands in the way. */
async function findObstacle(ground: Ground, knex: Knex, schedule: Schedule): Promise<PausedBecause | undefined> {
  const activation = await activations.get(knex, schedule.activationId);
  if (isYetToBeApproved(activation)) return undefined;
  if (activation.status !== 'approved') return 'activation_not_approved';
  const destination = await destinations.get(knex, activation.destinationId);
  if (destination.deletedAt !== null) return 'destination_deleted';
  if (!(await isApprovedStill(knex, activation))) return 'approval_outdated';
  const asked = { schedule, permission: 'activation:write', type: 'activation', id: schedule.activationId } as const;
  return (await may(ground, knex, asked)) ? undefined : 'member_not_permitted';
}

function isYetToBeApproved({ status }: Activation): boolean {
  return status === 'draft' || status === 'awaiting_approval';
}

async function may(
  ground: Ground,
  knex: Knex,
  asked: { schedule: Schedule; permission: 'activation:write' | 'match:run'; type: string; id?: string },
): Promise<boolean> {
  const { tenantId, createdBy } = asked.schedule;
  const row = await knex<MemberRow>('members').where({ id: createdBy, tenant_id: tenantId, status: 'active' }).first();
  if (row === undefined) return false;
  const member = { id: row.id, tenantId, roles: rolesOf(row) };
  const resource = { type: asked.type, tenantId, ...(asked.id === undefined ? {} : { id: asked.id }) };
  const request = accessRequest({ member, permission: asked.permission, resource });
  return ground.policies.decide(request).outcome === 'allow';
}

async function isUnderWay(knex: Knex, activationId: string): Promise<boolean> {
  const open = await knex('deliveries')
    .where({ activation_id: activationId })
    .whereIn('status', ['queued', 'running', 'awaiting_approval'])
    .first('id');
  return open !== undefined;
}
