// The job behind a request that came without the engine: finds the destinations and queues a removal for each.
import type { RemovalReason } from '../../policies/removal.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobRow } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { unwrapKey } from '../keys/key-wrapping.ts';
import { findRemovals } from './find-removals.ts';
import type { RemovalWish } from './person-set.ts';
import { personsOfText, queueRemovals, wishInput } from './queue-removals.ts';

export function findRemovalsJob(ground: WorkerGround): JobKind {
  return {
    name: 'find-removals',
    async run(job) {
      const found = await findRemovals(ground, await wishOf(ground, job));
      try {
        await job.complete(
          { state: 'succeeded' },
          {
            tenantId: job.tenantId,
            actor: job.actor,
            event: 'removal.searched',
            outcome: 'succeeded',
            subject: { ...found.wish.request },
            detail: { removals: found.found.length },
          },
          async (tx) => {
            await queueRemovals(tx, ground, found);
            await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
          },
        );
      } finally {
        await found.close();
      }
    },
  };
}

async function wishOf(ground: WorkerGround, job: RunningJob): Promise<RemovalWish> {
  const opened = await unwrapKey(ground.rootKey, wishInput(job.tenantId, job.id), String(job.input.sealed));
  const { purposes, destinationKinds, destinationIds, onlyRefused } = job.input as unknown as RemovalWish;
  return {
    tenantId: job.tenantId,
    ...(purposes === undefined ? {} : { purposes }),
    ...(onlyRefused === undefined ? {} : { onlyRefused }),
    ...(destinationKinds === undefined ? {} : { destinationKinds }),
    ...(destinationIds === undefined ? {} : { destinationIds }),
    persons: personsOfText(Buffer.from(opened).toString('utf8')),
    reason: job.input.reason as RemovalReason,
    request: job.input.request as RemovalWish['request'],
  };
}
