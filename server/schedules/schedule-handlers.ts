// The operations of schedules.
import type { Schedule as ScheduleBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type Schedule, schedules } from './schedule.ts';
import { createSchedule, deleteSchedule, pauseSchedule, resumeSchedule } from './schedule-service.ts';

type Operations =
  | 'listSchedules'
  | 'createSchedule'
  | 'getSchedule'
  | 'pauseSchedule'
  | 'resumeSchedule'
  | 'deleteSchedule';

export function scheduleHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listSchedules({ tenantId, query }) {
      const activation = query.activation_id === undefined ? {} : { activation_id: query.activation_id };
      const found = await schedules.list(knex, { tenant_id: tenantId, ...activation }, pageRange(query));
      return pageOf(found, query, scheduleBody);
    },
    async createSchedule(request) {
      const { mode = 'delta', rule, time_zone: timeZone = 'UTC', starts_at: startsAt } = request.body;
      const wish = { activationId: request.params.activation_id, mode, rule, timeZone, startsAt };
      return scheduleBody(await createSchedule(ground, tenantCaller(request), wish));
    },
    async getSchedule({ tenantId, params }) {
      return scheduleBody(await schedules.get(knex, params.schedule_id, { tenant_id: tenantId }));
    },
    async pauseSchedule(request) {
      return scheduleBody(await pauseSchedule(ground, tenantCaller(request), request.params.schedule_id));
    },
    async resumeSchedule(request) {
      return scheduleBody(await resumeSchedule(ground, tenantCaller(request), request.params.schedule_id));
    },
    async deleteSchedule(request) {
      await deleteSchedule(ground, tenantCaller(request), request.params.schedule_id);
      return undefined;
    },
  };
}

function scheduleBody(schedule: Schedule): ScheduleBody {
  return {
    id: schedule.id,
    activation_id: schedule.activationId,
    mode: schedule.mode,
    rule: schedule.rule,
    time_zone: schedule.timeZone,
    starts_at: schedule.startsAt,
    status: schedule.status,
    paused_because: schedule.pausedBecause,
    denied_because: schedule.deniedBecause,
    due_since: schedule.dueSince,
    next_run_at: schedule.nextRunAt,
    last_run_at: schedule.lastRunAt,
    last_delivery_id: schedule.lastDeliveryId,
    created_by: schedule.createdBy,
    created_at: schedule.createdAt,
  };
}
