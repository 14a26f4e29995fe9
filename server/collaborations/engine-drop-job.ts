// Drops the engine's tables of what is no more: a withdrawn contribution, stale matches, audiences.
import type { Engine } from '../../matching/engine/engine.ts';
import { dropStaleJoins } from '../../matching/joined-bases.ts';
import type { WorkerGround } from '../ground.ts';
import { ID_PATTERN } from '../ids.ts';
import type { JobKind } from '../jobs/worker-loop.ts';

export function engineDropJob(ground: WorkerGround): JobKind {
  return {
    name: 'engine-drop',
    async run(job) {
      const objectIds = (job.input.objectIds as string[]).filter((id) => ID_PATTERN.test(id));
      await dropEngineObjects(ground.engine, objectIds);
      await job.complete(
        { state: 'succeeded' },
        {
          tenantId: job.tenantId || null,
          actor: job.actor,
          event: 'match.deleted',
          outcome: 'succeeded',
          subject: { kind: 'job', id: job.id },
          detail: { objects: objectIds },
        },
        async () => undefined,
      );
    },
  };
}

/** Every table of these objects; a table's name starts with the id of what it belongs to. */
export async function dropEngineObjects(engine: Engine, objectIds: readonly string[]): Promise<void> {
  const prefixes = objectIds.map((id) => `${id}_`);
  for (const table of await engine.listTables()) {
    if (prefixes.some((prefix) => table.startsWith(prefix))) await engine.dropTable(table);
  }
  await dropStaleJoins(engine);
}
