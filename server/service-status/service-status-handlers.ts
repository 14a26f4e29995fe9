// How the whole service is, for its operators: versions, jobs, storage, the log, its own keys. Counts and times, of no tenant.
import { statfs } from 'node:fs/promises';
import { readFrontier } from '../audit-log/audit-log-store.ts';
import { findLatestCheckpoint } from '../audit-log/checkpoint-service.ts';
import { currentOrigin } from '../audit-log/log-origin.ts';
import { instantOf } from '../clock.ts';
import { MIGRATIONS } from '../database/migrations.ts';
import type { Ground } from '../ground.ts';
import { readContract } from '../http/contract.ts';
import type { AnswerOf, Handlers } from '../http/operation.ts';
import { countRecentJobs } from '../jobs/job-store.ts';
import { SERVICE } from '../keys/key-ring.ts';
import { listKeyVersionsOf } from '../keys/key-store.ts';
import { folderSizes } from './folder-sizes.ts';
import { JOBS_SHOWN_MS } from './limits.ts';

type Status = AnswerOf<'getServiceStatus'>;

export function serviceStatusHandlers(ground: Ground): Pick<Handlers, 'getServiceStatus'> {
  const startedAt = instantOf(ground.clock);
  const { version } = readContract().info;
  return {
    async getServiceStatus() {
      const { config, db, clock } = ground;
      const since = new Date(clock.now().getTime() - JOBS_SHOWN_MS).toISOString();
      return {
        versions: { ecluse: version, node: process.versions.node, schema: MIGRATIONS.at(-1)?.name ?? '' },
        started_at: startedAt,
        engine: config.clickhouseUrls.length === 0 ? 'embedded' : 'cluster',
        database: db.dialect,
        jobs: (await countRecentJobs(db, since)).map(({ oldestAt, ...job }) => ({ ...job, oldest_at: oldestAt })),
        storage: await storageOf(config.dataDir),
        log: await logOf(ground),
        keys: (await listKeyVersionsOf(db, [SERVICE])).map((key) => ({
          purpose: key.purpose,
          version: key.version,
          created_at: key.createdAt,
        })),
      };
    },
  };
}

async function storageOf(dataDir: string): Promise<Status['storage']> {
  const disk = await statfs(dataDir);
  return {
    folders: await folderSizes(dataDir),
    free_bytes: disk.bavail * disk.bsize,
    total_bytes: disk.blocks * disk.bsize,
  };
}

async function logOf({ config, db }: Ground): Promise<Status['log']> {
  const { origin } = await currentOrigin(db.knex, config.logOrigin);
  const { size } = await readFrontier(db.knex);
  const checkpoint = await findLatestCheckpoint(db.knex);
  return {
    origin,
    size,
    checkpoint_size: checkpoint?.size ?? null,
    checkpoint_at: checkpoint?.instant ?? null,
  };
}
