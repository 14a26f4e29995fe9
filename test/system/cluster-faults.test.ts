// What breaks in a cluster, broken for real while work is under way: a worker killed or frozen, a node killed or silent, PostgreSQL
// restarted. The job ends right or fails clearly and can be asked for again; nothing is half visible, nothing happens twice.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Child, startChild } from '../../bench/demo/child.ts';
import { type ClusterGrounds, clusterGrounds } from '../../bench/demo/grounds.ts';
import { runCommand, settingsOf } from '../../bench/demo/service.ts';
import { createTenant, jobEnd, type Service, setUp, startService, upload, waitFor } from './service.ts';

const SLOW = { timeout: 400_000 };
const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const SCHEMA = {
  name: 'osec-crm',
  columns: { customer_id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' } },
};

const folder = mkdtempSync(join(tmpdir(), 'ecluse-faults-'));
let grounds: ClusterGrounds;
let service: Service;
let engineer: string;
let officer: string;
let datasetId: string;
let workers: Child[] = [];

beforeAll(async () => {
  grounds = await clusterGrounds(folder);
  const env = settingsOf(grounds, {}) as Record<string, string>;
  service = await startService({ dataDir: join(folder, 'ecluse-data'), flags: ['--no-worker'], env });
  workers = [startWorker(), startWorker()];
  const tenant = await createTenant(service, await setUp(service), 'Osec');
  engineer = tenant.secrets['data-engineer'];
  officer = tenant.secrets['compliance-officer'];
  const made = await service.call<{ id: string }>('POST', '/v1/datasets', {
    secret: engineer,
    body: { schema: SCHEMA },
  });
  datasetId = made.body.id;
}, 200_000);

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await service?.stop();
  await grounds?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function startWorker(): Child {
  const env = settingsOf(grounds, { ECLUSE_LOG_LEVEL: 'info', ECLUSE_WORKER_CONCURRENCY: '1' });
  return startChild('a worker', [MAIN, 'worker'], { cwd: folder, env });
}

function fileOf(rows: number): Buffer {
  const lines = Array.from(
    { length: rows },
    (_, n) => `${n},${createHash('sha256').update(`person ${n}`).digest('hex')}\n`,
  );
  return Buffer.from(`customer_id,email\n${lines.join('')}`);
}

async function askForLoad(rows: number): Promise<{ id: string; job_id: string }> {
  const uploadId = await upload(service, engineer, { name: 'crm.csv', bytes: fileOf(rows) });
  const body = { upload_id: uploadId, mode: 'replace' };
  const asked = await service.call<{ id: string; job_id: string }>('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: engineer,
    body,
  });
  expect(asked.status).toBe(202);
  return asked.body;
}

interface JobRow {
  state: string;
  leased_by: string | null;
  attempts: number;
}

/** As the owner of the database sees it: who holds the job. */
async function rowOf(jobId: string): Promise<JobRow | undefined> {
  const db = grounds.openDatabase();
  try {
    return await db.knex('jobs').where({ id: jobId }).first();
  } finally {
    await db.knex.destroy();
  }
}

const running = (jobId: string) =>
  waitFor(async () => {
    const row = await rowOf(jobId);
    return row?.state === 'running' ? row : undefined;
  });

/** The process behind a job: a worker says with its name what it started. */
const holderOf = (jobId: string) =>
  waitFor(() => workers.find((worker) => worker.said().includes(`"job":"${jobId}"`)), { timeoutMs: 30_000 });

async function expectVisible(rows: number): Promise<void> {
  const { body } = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(body).toMatchObject({ persons: rows, records: rows });
  const engine = await grounds.openEngine();
  const db = grounds.openDatabase();
  const dataset = await db.knex('datasets').where({ id: datasetId }).first('visible_version_id');
  const [keys] = await engine.query<{ n: number; persons: number }>(
    `SELECT count() AS n, uniqExact(person) AS persons FROM ${dataset.visible_version_id}_keys`,
  );
  await Promise.all([engine.close(), db.knex.destroy()]);
  expect(keys).toEqual({ n: rows, persons: rows });
}

async function countEvents(name: string): Promise<number> {
  const answer = await service.call<{ items: unknown[] }>('GET', `/v1/audit/events?limit=200&event=${name}`, {
    secret: officer,
  });
  return answer.body.items.length;
}

it('two workers share the jobs, and each is done once', SLOW, async () => {
  const first = await askForLoad(1_000);
  expect(await jobEnd(service, engineer, first.job_id)).toMatchObject({ status: 'succeeded' });
  await expectVisible(1_000);
  expect(await countEvents('load.completed')).toBe(1);
});

it('a worker killed in the middle: the other one ends the job, and the effect is there once', SLOW, async () => {
  const asked = await askForLoad(60_000);
  await running(asked.job_id);
  (await holderOf(asked.job_id)).process.kill('SIGKILL');
  await expectVisible(1_000);
  expect(await jobEnd(service, engineer, asked.job_id)).toMatchObject({ status: 'succeeded' });
  await expectVisible(60_000);
  expect(await countEvents('load.completed')).toBe(2);
  workers = [...workers.filter((worker) => worker.process.signalCode === null), startWorker()];
});

it('a worker frozen past its lease: what it does after waking changes nothing', SLOW, async () => {
  const asked = await askForLoad(50_000);
  await running(asked.job_id);
  const frozen = await holderOf(asked.job_id);
  frozen.process.kill('SIGSTOP');
  expect(await jobEnd(service, engineer, asked.job_id)).toMatchObject({ status: 'succeeded' });
  await expectVisible(50_000);
  frozen.process.kill('SIGCONT');
  await waitFor(() => (/LeaseLost/.test(frozen.said()) ? true : undefined), { timeoutMs: 60_000 });
  await expectVisible(50_000);
  expect(await countEvents('load.completed')).toBe(3);
});

it('PostgreSQL restarted in the middle: the service stays, the job ends', SLOW, async () => {
  const asked = await askForLoad(40_000);
  await running(asked.job_id);
  await grounds.postgres.restart();
  await waitFor(async () => ((await fetch(`${service.operationsUrl}/readyz`)).ok ? true : undefined));
  expect(await jobEnd(service, engineer, asked.job_id)).toMatchObject({ status: 'succeeded' });
  await expectVisible(40_000);
  expect(await countEvents('load.completed')).toBe(4);
});

it('a node killed and started again: the job ends by itself', SLOW, async () => {
  const asked = await askForLoad(30_000);
  await running(asked.job_id);
  const [, node] = grounds.cluster.nodes;
  await node?.kill();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await node?.start();
  expect(await jobEnd(service, engineer, asked.job_id)).toMatchObject({ status: 'succeeded' });
  await expectVisible(30_000);
});

it(
  'a node that stays silent: the job fails and says why, what was visible stays, and asking again works',
  SLOW,
  async () => {
    const [, node] = grounds.cluster.nodes;
    node?.freeze();
    const asked = await askForLoad(2_000);
    const ended = await waitFor(
      async () => {
        const { body } = await service.call<{ status: string; error: { code: string } | null }>(
          'GET',
          `/v1/jobs/${asked.job_id}`,
          { secret: engineer },
        );
        return body.status === 'failed' ? body : undefined;
      },
      { timeoutMs: 360_000 },
    );
    expect(ended.error?.code).toBe('engine_unavailable');
    node?.thaw();
    await expectVisible(30_000);
    const again = await askForLoad(2_000);
    expect(await jobEnd(service, engineer, again.job_id)).toMatchObject({ status: 'succeeded' });
    await expectVisible(2_000);
    expect((await runCommand(folder, grounds, ['audit', 'fsck'])).code).toBe(0);
  },
);
