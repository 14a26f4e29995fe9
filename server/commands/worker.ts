// `ecluse worker`: claims jobs until it is told to end. Owns the engine; nothing it does outlives a kill -9 half done.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openClusterEngine } from '../../matching/engine/cluster.ts';
import { openEmbeddedEngine } from '../../matching/engine/embedded.ts';
import type { Engine } from '../../matching/engine/engine.ts';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { RELEASE_PATIENCE_MS } from '../audit-log/limits.ts';
import { closeGround, openGround } from '../compose.ts';
import { makeJobKinds } from '../compose-jobs.ts';
import type { Config } from '../config.ts';
import { asService } from '../database/row-scope.ts';
import { lockFolder } from '../folder-lock.ts';
import type { Ground } from '../ground.ts';
import { guardedEngine, lookAgain, tagOfAttempt } from '../jobs/guarded-engine.ts';
import { WorkingTablesTidier } from '../jobs/left-tables.ts';
import { WorkerLoop } from '../jobs/worker-loop.ts';
import { lowerPriority } from '../jobs/worker-priority.ts';

export async function work(config: Config, { isChild }: { isChild: boolean }): Promise<void> {
  if (isChild) lowerPriority(config.workerNiceness);
  // The parent of a child holds the folder already; a worker of its own can only help where the engine is a cluster.
  const lock = isChild || config.clickhouseUrls.length > 0 ? undefined : await lockFolder(config.dataDir);
  try {
    await asService(async () => {
      const ground = await openGround(config, 'worker');
      await runJobs(ground, { isChild }).finally(() => closeGround(ground));
    });
  } finally {
    await lock?.release();
  }
  if (process.connected) process.disconnect();
}

async function runJobs(ground: Ground, { isChild }: { isChild: boolean }): Promise<void> {
  const engine = await openEngine(ground.config);
  const loop = await workerLoop(ground, engine);
  const stop = () => loop.stop();
  process.once('SIGTERM', stop);
  // Ctrl-C reaches the whole group; a child waits for its parent to say so.
  process.once('SIGINT', isChild ? () => {} : stop);
  if (isChild) process.once('disconnect', stop);
  // A parent that died while the engine was opening is not heard of again.
  if (isChild && !process.connected) stop();
  ground.log.info({ engine: engine.kind }, 'worker ready');
  if (process.connected) process.send?.('ready');
  const tidier = new WorkingTablesTidier(ground, engine);
  tidier.start();
  await loop.run();
  await tidier.stop();
  await engine.close();
}

export async function workerLoop(ground: Ground, engine: Engine): Promise<WorkerLoop> {
  const { checkpoints } = await getAuditLog(ground, { patienceMs: RELEASE_PATIENCE_MS });
  // The embedded engine allows one worker a data folder, so a name that stays lets it take its own lost jobs back at once.
  const workerId = engine.kind === 'embedded' ? 'worker-embedded' : `worker-${randomUUID().slice(0, 13)}`;
  const scratchDir = join(ground.config.dataDir, 'scratch', workerId);
  // Whatever lies there belongs to attempts that died.
  rmSync(scratchDir, { recursive: true, force: true });
  mkdirSync(scratchDir, { recursive: true, mode: 0o700 });
  return new WorkerLoop({
    db: ground.db,
    clock: ground.clock,
    log: ground.log,
    workerId,
    kinds: makeJobKinds({ ...ground, engine: guardedEngine(engine, ground.db), scratchDir, checkpoints }),
    endLeftovers: (jobId) => engine.cancelTagged(jobId),
    concurrency: ground.config.workerConcurrency,
    beforeJob: () => ground.policies.refresh(),
  });
}

export function openEngine(config: Config): Promise<Engine> {
  if (config.clickhouseUrls.length === 0) return openEmbeddedEngine({ dataDir: join(config.dataDir, 'engine') });
  return openClusterEngine({
    urls: config.clickhouseUrls,
    user: config.clickhouseUser,
    password: config.clickhousePassword,
    database: config.clickhouseDatabase,
    cluster: config.clickhouseCluster,
    tagOf: tagOfAttempt,
    beforeStatement: lookAgain,
    ...(config.clickhouseCaFile === undefined ? {} : { caCertificate: readFileSync(config.clickhouseCaFile) }),
  });
}
