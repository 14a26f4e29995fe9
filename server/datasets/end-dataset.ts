// The end of a dataset, asked for or by its time: nobody sees it from here on, and jobs destroy what the engine holds of it.
import { discardContributionsOfDataset } from '../collaborations/contribution-service.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { newId } from '../ids.ts';
import { cancelJobsOf, insertJob } from '../jobs/job-store.ts';
import { markDatasetDeleted } from './dataset-store.ts';

const LATER_MS = 1_000;

/** Answers the job that destroys its versions. */
export async function endDataset(
  tx: AuditedTransaction,
  of: { id: string; tenantId: string; createdBy: string; at: string; isLast?: boolean },
): Promise<string> {
  const { id, tenantId, createdBy, at } = of;
  const job = { tenantId, subject: { kind: 'dataset', id }, turnId: id, createdBy };
  // Jobs of one turn run in the order of their ids: those that are asked for now and still need the rows come first.
  const jobId = () => newId('job', Date.now() + (of.isLast ? LATER_MS : 0));
  await markDatasetDeleted(tx, id, at);
  await cancelJobsOf(tx, id, at);
  const objectIds = await discardContributionsOfDataset(tx, id);
  if (objectIds.length > 0) await insertJob(tx, { ...job, id: jobId(), kind: 'engine-drop', input: { objectIds } }, at);
  return insertJob(tx, { ...job, id: jobId(), kind: 'delete-dataset' }, at);
}
