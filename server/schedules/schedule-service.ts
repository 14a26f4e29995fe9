// Making, pausing, resuming and deleting schedules. A rule that never comes to a run is refused where it is given.
import type { AuditEventName } from '../../audit/event.ts';
import { lockActivation } from '../activations/activation-service.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { DeliveryMode } from '../deliveries/delivery.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { MAX_SCHEDULES_PER_ACTIVATION } from './limits.ts';
import { isTimeZone } from './local-time.ts';
import { parseRecurrence, RecurrenceError } from './recurrence.ts';
import { nextRunOf, paused, type Schedule, schedules } from './schedule.ts';

export interface ScheduleWish {
  readonly activationId: string;
  readonly mode: DeliveryMode;
  readonly rule: string;
  readonly timeZone: string;
  readonly startsAt: string | undefined;
}

export async function createSchedule(ground: Ground, caller: TenantCaller, wish: ScheduleWish): Promise<Schedule> {
  const schedule = draftOf(ground, caller, wish);
  const event = {
    ...byCaller(caller),
    event: 'schedule.created',
    outcome: 'succeeded',
    subject: { kind: 'schedule', id: schedule.id },
    detail: { activation: wish.activationId, mode: wish.mode, rule: wish.rule, timeZone: wish.timeZone },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id: wish.activationId, tenantId: caller.tenantId });
    if (activation.status === 'withdrawn' || activation.status === 'refused') {
      throw new ServiceError('state_conflict', {
        detail: `The activation is ${activation.status} and will not be delivered.`,
      });
    }
    const others = await schedules.listAll(tx.trx, { activation_id: activation.id });
    if (others.length >= MAX_SCHEDULES_PER_ACTIVATION) {
      throw new ServiceError('state_conflict', {
        detail: `The activation has ${others.length} schedules; delete one first.`,
      });
    }
    await schedules.insert(tx, schedule);
  });
  return schedule;
}

export function pauseSchedule(ground: Ground, caller: TenantCaller, id: string): Promise<Schedule> {
  return changeSchedule(ground, caller, { id, event: 'schedule.paused' }, (schedule) => paused(schedule, 'asked'));
}

/** The next run is the next one of the rule; what was missed meanwhile is not made up for. */
export function resumeSchedule(ground: Ground, caller: TenantCaller, id: string): Promise<Schedule> {
  return changeSchedule(ground, caller, { id, event: 'schedule.resumed' }, (schedule) => {
    const nextRunAt = nextRunOf(schedule, ground.clock.now());
    if (nextRunAt === null) throw new ServiceError('state_conflict', { detail: 'The rule comes to no more runs.' });
    return { ...schedule, status: 'active', pausedBecause: null, nextRunAt };
  });
}

export async function deleteSchedule(ground: Ground, caller: TenantCaller, id: string): Promise<void> {
  const event = eventOf(caller, { id, event: 'schedule.deleted' });
  await auditedTransaction(ground.db, event, async (tx) => {
    await lockSchedule(tx, { id, tenantId: caller.tenantId });
    await tx.trx('schedules').where({ id }).delete();
  });
}

async function changeSchedule(
  ground: Ground,
  caller: TenantCaller,
  change: { id: string; event: AuditEventName },
  changed: (schedule: Schedule) => Schedule,
): Promise<Schedule> {
  const { result } = await auditedTransaction(ground.db, eventOf(caller, change), async (tx) => {
    const next = changed(await lockSchedule(tx, { id: change.id, tenantId: caller.tenantId }));
    await schedules.save(tx, next);
    return next;
  });
  return result;
}

export async function lockSchedule(tx: AuditedTransaction, key: { id: string; tenantId: string }): Promise<Schedule> {
  await tx.trx('schedules').where({ id: key.id }).forUpdate().first();
  return schedules.get(tx.trx, key.id, { tenant_id: key.tenantId });
}

function draftOf(ground: Ground, caller: TenantCaller, wish: ScheduleWish): Schedule {
  const now = ground.clock.now();
  const startsAt = wish.startsAt === undefined ? now : new Date(wish.startsAt);
  // To the minute, as a wall clock shows it.
  startsAt.setUTCSeconds(0, 0);
  const rest = { status: 'active', pausedBecause: null, lastRunAt: null, lastDeliveryId: null } as const;
  const due = { deniedBecause: null, dueSince: null } as const;
  const made = { createdBy: caller.memberId, createdAt: instantOf(ground.clock), nextRunAt: null };
  const { activationId, mode, rule, timeZone } = wish;
  const draft: Schedule = {
    ...{ id: newId('sch'), tenantId: caller.tenantId, activationId, mode, rule, timeZone },
    startsAt: startsAt.toISOString(),
    ...rest,
    ...due,
    ...made,
  };
  if (!isTimeZone(timeZone)) {
    throw fault('/time_zone', 'This is no time zone of the IANA database.', 'Such as Europe/Paris, or UTC.');
  }
  assertRule(rule);
  const nextRunAt = nextRunOf(draft, now);
  if (nextRunAt === null) throw fault('/rule', 'This rule comes to no run within four years.', EXAMPLE);
  return { ...draft, nextRunAt };
}

const EXAMPLE = 'Such as FREQ=DAILY;BYHOUR=6;BYMINUTE=30, or FREQ=HOURLY;INTERVAL=6.';

function assertRule(rule: string): void {
  try {
    parseRecurrence(rule);
  } catch (error) {
    if (error instanceof RecurrenceError) throw fault('/rule', error.message, EXAMPLE);
    throw error;
  }
}

function fault(pointer: string, message: string, hint: string): ServiceError {
  return new ServiceError('request_invalid', { errors: [{ pointer, message, hint }] });
}

function eventOf(caller: TenantCaller, { id, event }: { id: string; event: AuditEventName }) {
  return { ...byCaller(caller), event, outcome: 'succeeded' as const, subject: { kind: 'schedule', id }, detail: {} };
}
