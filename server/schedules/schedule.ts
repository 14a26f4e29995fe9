// A schedule: at the times of a rule, a delivery of an activation is asked for as a member would ask for it.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { DeliveryMode } from '../deliveries/delivery.ts';
import { DENIED_AGAIN_MS } from './limits.ts';
import { nextRunMs, parseRecurrence } from './recurrence.ts';

/** Why a schedule stands still: somebody asked for it, or what it delivers may not be delivered any more. */
export type PausedBecause =
  | 'asked'
  | 'activation_not_approved'
  | 'approval_outdated'
  | 'destination_deleted'
  | 'member_not_permitted'
  | 'no_more_runs';

export interface Schedule {
  readonly id: string;
  readonly tenantId: string;
  readonly activationId: string;
  readonly mode: DeliveryMode;
  /** RFC 5545 section 3.3.10, in part (`recurrence.ts`). */
  readonly rule: string;
  readonly timeZone: string;
  readonly startsAt: string;
  readonly status: 'active' | 'paused';
  readonly pausedBecause: PausedBecause | null;
  /** While a run that was denied is due: of an active one, a moment at which it is tried again. */
  readonly deniedBecause: string | null;
  readonly dueSince: string | null;
  readonly nextRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly lastDeliveryId: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
}

export const schedules = recordStore('schedules', { noun: 'schedule', mapping: rowMapping<Schedule>() });

/** Later than now: runs that were missed are not made up for one by one. */
export function nextRunOf({ rule, timeZone, startsAt }: Schedule, now: Date): string | null {
  const times = { startsAtMs: Date.parse(startsAt), afterMs: now.getTime(), zone: timeZone };
  const nextMs = nextRunMs(parseRecurrence(rule), times);
  return nextMs === undefined ? null : new Date(nextMs).toISOString();
}

/** What could not be delivered now is tried again within the hour, and before the next time of the rule. */
export function denied(schedule: Schedule, of: { because: string; dueAt: string; now: Date }): Schedule {
  const againAt = new Date(of.now.getTime() + DENIED_AGAIN_MS).toISOString();
  const nextRunAt = schedule.nextRunAt === null || schedule.nextRunAt > againAt ? againAt : schedule.nextRunAt;
  return { ...schedule, deniedBecause: of.because, dueSince: schedule.dueSince ?? of.dueAt, nextRunAt };
}

export function paused(schedule: Schedule, because: PausedBecause): Schedule {
  return {
    ...schedule,
    status: 'paused',
    pausedBecause: because,
    nextRunAt: null,
    deniedBecause: null,
    dueSince: null,
  };
}
