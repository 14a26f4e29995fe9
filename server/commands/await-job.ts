// Waits for the end of a job that a command asked for. Runs a worker of its own when none owns the engine.
import type { Config } from '../config.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../folder-lock.ts';
import type { Ground } from '../ground.ts';
import { ENDED_STATES, type JobRow } from '../jobs/job.ts';
import { openEngine, workerLoop } from './worker.ts';

const POLL_MS = 200;

/** `onPhase` hears what the job is at, once for each change. */
export async function endOf(
  ground: Ground,
  jobId: string,
  onPhase: (phase: string) => void = () => {},
): Promise<JobRow> {
  const lock = await lockIfFree(ground.config);
  const own = lock && (await openEngine(ground.config));
  const loop = own && (await workerLoop(ground, own));
  const running = loop?.run();
  let phase = '';
  try {
    for (;;) {
      const row = await ground.db.knex<JobRow>('jobs').where({ id: jobId }).first();
      if (row !== undefined && ENDED_STATES.includes(row.state)) return row;
      if (row !== undefined && row.phase !== phase) onPhase(row.phase);
      phase = row?.phase ?? '';
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    loop?.stop();
    await running;
    await own?.close();
    await lock?.release();
  }
}

/** Undefined while a service runs: its worker does the job. A cluster has room for one more worker. */
async function lockIfFree({ clickhouseUrls, dataDir }: Config): Promise<FolderLock | undefined> {
  if (clickhouseUrls.length > 0) return { release: async () => undefined };
  return lockFolder(dataDir, { patienceMs: 0 }).catch((thrown) => {
    if (thrown instanceof FolderInUse) return undefined;
    throw thrown;
  });
}
