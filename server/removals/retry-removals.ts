// Asks again whoever did not take a removal: it is owed to the persons until it is confirmed.
import { instantAfter, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import { MAX_RETRIES_AT_ONCE, REMOVAL_RETRY_MS } from './limits.ts';
import { removalJobOf } from './queue-removals.ts';
import { type Removal, removals } from './removal.ts';

export async function retryFailedRemovals(ground: Ground): Promise<void> {
  const before = instantAfter(ground.clock, -REMOVAL_RETRY_MS);
  const rows = (await ground.db
    .knex('removals')
    .where({ status: 'failed' })
    .where('tried_at', '<', before)
    .orderBy('tried_at')
    .limit(MAX_RETRIES_AT_ONCE)
    .select('id')) as { id: string }[];
  for (const { id } of rows) await retry(ground, await removals.get(ground.db.knex, id));
}

async function retry(ground: Ground, removal: Removal): Promise<void> {
  const event = {
    tenantId: removal.tenantId,
    actor: { kind: 'service', id: 'sweeper' },
    event: 'removal.retried',
    outcome: 'succeeded',
    subject: { kind: 'removal', id: removal.id },
    detail: { attempts: removal.attempts },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const jobId = await insertJob(tx, removalJobOf(removal), instantOf(ground.clock));
    await removals.save(tx, { ...removal, status: 'queued', jobId });
  });
}
