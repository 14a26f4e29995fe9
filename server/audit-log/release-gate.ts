// What jobs that release something pass before they begin: a log that is signed and cosigned. Without it they wait in the queue, and
// say for what, rather than count, decide or draw noise for an answer that cannot leave.
import type { WorkerGround } from '../ground.ts';
import { JobPostponed } from '../jobs/job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { AuditLogError, type AuditLogErrorCode } from './audit-log-error.ts';
import { HELD_RETRY_MS } from './limits.ts';

const HOLDING: readonly AuditLogErrorCode[] = ['quorum_missing', 'log_rolled_back', 'log_inconsistent'];

export function releasing(ground: Pick<WorkerGround, 'checkpoints'>, kind: JobKind): JobKind {
  return {
    ...kind,
    async run(job) {
      try {
        await ground.checkpoints.checkpointNow();
        await kind.run(job);
      } catch (error) {
        if (!(error instanceof AuditLogError) || !HOLDING.includes(error.code)) throw error;
        const held = { code: error.code, detail: error.message };
        throw new JobPostponed(HELD_RETRY_MS, { cause: error, held });
      }
    },
  };
}
