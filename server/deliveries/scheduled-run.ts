// A delivery that a schedule asked for: of its audience as of now, and told to the schedule, which stays due while it is denied.
import type { Activation } from '../activations/activation.ts';
import { audiences } from '../audiences/audience.ts';
import { evaluateUntold } from '../audiences/audience-job.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground, WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { denied, type Schedule, schedules } from '../schedules/schedule.ts';

/** Once: an attempt after a kill goes on with the audience that the first had evaluated. */
export async function evaluateAsOfNow(ground: WorkerGround, job: RunningJob, activation: Activation): Promise<void> {
  if (typeof job.input.scheduleId !== 'string') return;
  const audience = await audiences.get(ground.db.knex, activation.audienceId);
  if (audience.status === 'queued') await evaluateUntold(ground, job, audience.id);
}

/** In the transaction that ends the delivery. `because` is undefined when the audience of then went out. */
export async function tellSchedule(
  ground: Ground,
  tx: AuditedTransaction,
  of: { input: RunningJob['input']; activation?: Activation; because: string | undefined },
): Promise<void> {
  const { scheduleId } = of.input;
  if (typeof scheduleId !== 'string') return;
  if (of.activation !== undefined) await forgetUnevaluated(tx, of.activation.audienceId);
  await tx.trx('schedules').where({ id: scheduleId }).forUpdate().first();
  const schedule = await schedules.find(tx.trx, scheduleId);
  if (schedule === undefined || schedule.status !== 'active') return;
  await schedules.save(tx, settled(schedule, ground, of.because));
  if (of.because === undefined) return;
  tx.alsoRecord({
    ...{ actor: { kind: 'service', id: 'scheduler' }, tenantId: schedule.tenantId, event: 'schedule.denied' },
    ...{ outcome: 'denied', subject: { kind: 'schedule', id: schedule.id } },
    detail: { activation: schedule.activationId, because: of.because },
  });
}

function settled(schedule: Schedule, ground: Ground, because: string | undefined): Schedule {
  if (because === undefined) return { ...schedule, deniedBecause: null, dueSince: null };
  return denied(schedule, { because, dueAt: schedule.lastRunAt ?? instantOf(ground.clock), now: ground.clock.now() });
}

/** It holds persons of before: whoever wants to deliver it asks for an evaluation first. */
async function forgetUnevaluated(tx: AuditedTransaction, audienceId: string): Promise<void> {
  const audience = await audiences.get(tx.trx, audienceId);
  if (audience.status === 'queued') await audiences.save(tx, { ...audience, status: 'failed', size: null });
}
