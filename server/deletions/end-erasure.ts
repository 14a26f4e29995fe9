// How an erasure ends in the control plane: figures made true again, evidence gone, the request with its report, a receipt.
import type { ErasureCounts, ErasureScope, NamedKey } from '../../matching/erase/erasure.ts';
import type { DropOutcome, ErasureReport } from '../../openapi/generated/api.ts';
import { destroyAnswersOf } from '../access-requests/answer-box.ts';
import { instantOf } from '../clock.ts';
import type { AuditDraft } from '../database/audited-transaction.ts';
import { destroyLettersOf } from '../dead-letters/dead-letter-service.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobRow } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { deletionRequests } from './deletion-request.ts';
import { countEngineFigures, noteEngineFigures } from './erased-counts.ts';
import { eraseEvidence } from './erased-evidence.ts';
import { erasureReport, type PartnersPlaces } from './erasure-report.ts';
import { countOpenRemovals } from './untold-destinations.ts';

export interface ErasureDone {
  readonly found: readonly NamedKey[];
  /** Where persons were looked for. */
  readonly scope: Pick<ErasureScope, 'matches' | 'audiences'>;
  readonly counts: ErasureCounts;
  readonly tombstones: number;
  readonly stagedFiles: number;
  readonly outcomes: DropOutcome[] | null;
}

export async function completeErasure(ground: WorkerGround, job: RunningJob, done: ErasureDone): Promise<void> {
  const figures = await countEngineFigures(ground, job.tenantId);
  const isTold = (await countOpenRemovals(ground.db.knex, job.subjectId)) === 0;
  const name = isTold ? 'deletion.completed' : 'deletion.erased';
  const now = instantOf(ground.clock);
  const event = (erased: ErasureReport) => deletionEvent(job, name, { ...erased });
  await job.complete({ state: 'succeeded' }, event, async (tx) => {
    const evidence = await eraseEvidence(tx, { tenantId: job.tenantId, found: done.found });
    const erased = { ...reportOf(ground, done), consent_records: evidence };
    // An answer that waits for its officer may be of one of them.
    await destroyAnswersOf(tx, ground, job.tenantId);
    const request = await deletionRequests.get(tx.trx, job.subjectId);
    const end = isTold
      ? ({ status: 'completed', completedAt: now, receiptEventId: tx.eventId } as const)
      : ({ status: 'awaiting-destinations' } as const);
    await deletionRequests.save(tx, { ...request, ...end, erased, outcomes: done.outcomes, erasedAt: now });
    await noteEngineFigures(tx, figures);
    await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
    return erased;
  });
  await destroyLettersOf(ground, job.tenantId);
  await ground.checkpoints.checkpointNow();
  await forgetFreedPages(ground);
}

function reportOf(ground: WorkerGround, done: ErasureDone): Omit<ErasureReport, 'consent_records'> {
  const { counts, scope, tombstones, stagedFiles } = done;
  return { ...erasureReport(counts, partnersPlaces(ground, scope)), staged_files: stagedFiles, tombstones };
}

/** The control of the attack suite tells what was found, so that it can be seen what that would tell. */
function partnersPlaces(
  { config }: WorkerGround,
  { matches, audiences }: ErasureDone['scope'],
): PartnersPlaces | undefined {
  if (config.attackControl || matches.length === 0) return undefined;
  return { matches: matches.length, audiences: audiences.length };
}

/** The write-ahead log still holds pages as they were before. */
async function forgetFreedPages({ db }: WorkerGround): Promise<void> {
  if (db.dialect === 'sqlite') await db.knex.raw('pragma wal_checkpoint(truncate)');
}

export function deletionEvent(
  job: RunningJob,
  event: 'deletion.entombed' | 'deletion.erased' | 'deletion.completed' | 'deletion.failed',
  detail: AuditDraft['detail'],
): AuditDraft {
  return {
    tenantId: job.tenantId,
    actor: job.actor,
    event,
    outcome: event === 'deletion.failed' ? 'failed' : 'succeeded',
    subject: { kind: 'deletion-request', id: job.subjectId },
    detail,
  };
}
