// A schedule: at the times of a rule, a delivery of an activation is asked for as a member would ask for it.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { DeliveryMode } from '../deliveries/delivery.ts';
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

export function paused(schedule: Schedule, because: PausedBecause): Schedule {
  return { ...schedule, status: 'paused', pausedBecause: because, nextRunAt: null };
}
