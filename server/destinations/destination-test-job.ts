// Tries the address and credentials of a destination. Nothing of a person is sent.
import { testDestination } from '../../connectors/kit/deliver.ts';
import { DeliveryError } from '../../connectors/kit/errors.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { connectorOptions } from './connector-options.ts';
import { destinations } from './destination.ts';
import { getDeclared } from './destination-service.ts';

export function destinationTestJob(ground: WorkerGround): JobKind {
  return {
    name: 'destination-test',
    async run(job) {
      const destination = await destinations.get(ground.db.knex, String(job.input.destinationId));
      const outcome = await testDestination(
        getDeclared(destination.kind),
        await connectorOptions(ground, destination, job.signal),
      ).then(
        () => 'ok',
        (error: unknown) => {
          if (!(error instanceof DeliveryError)) throw error;
          return error.code;
        },
      );
      const isOk = outcome === 'ok';
      const failure = { code: outcome, detail: 'The destination did not accept the trial.' };
      await job.complete(
        isOk ? { state: 'succeeded' } : { state: 'failed', failure },
        {
          tenantId: job.tenantId,
          actor: job.actor,
          event: 'destination.tested',
          outcome: isOk ? 'succeeded' : 'failed',
          subject: { kind: 'destination', id: destination.id },
          detail: { code: outcome },
        },
        async (tx) => {
          const current = await destinations.get(tx.trx, destination.id);
          const lastTestedAt = instantOf(ground.clock);
          await destinations.save(tx, { ...current, lastTestedAt, lastTestOutcome: outcome });
        },
      );
    },
  };
}
