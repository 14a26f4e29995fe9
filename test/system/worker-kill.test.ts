// The worker is killed with -9 in every phase of a load: nothing is lost, nothing half done is seen, and the API stays up.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTenant, jobEnd, type Service, setUp, startService, upload, waitFor } from './service.ts';

let service: Service;
let engineer: string;
let officer: string;

beforeAll(async () => {
  service = await startService();
  const tenant = await createTenant(service, await setUp(service), 'Osec');
  engineer = tenant.secrets['data-engineer'];
  officer = tenant.secrets['compliance-officer'];
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
});

const SCHEMA = {
  name: 'osec-crm',
  columns: { customer_id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' } },
};
const fileOf = (rows: number) => {
  const lines = Array.from(
    { length: rows },
    (_, n) => `${n},${createHash('sha256').update(`person ${n}`).digest('hex')}\n`,
  );
  return Buffer.from(`customer_id,email\n${lines.join('')}`);
};

interface JobBody {
  status: string;
  attempts: number;
  progress: { phase: string };
}

/** The worker is the one child of the service. */
function workerPid(): number | undefined {
  const [child] = readFileSync(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8').trim().split(' ');
  return child === undefined || child === '' ? undefined : Number(child);
}

async function askForLoad(datasetId: string, bytes: Uint8Array): Promise<{ id: string; job_id: string }> {
  const uploadId = await upload(service, engineer, { name: 'crm.csv', bytes });
  const body = { upload_id: uploadId, mode: 'replace' };
  const asked = await service.call<{ id: string; job_id: string }>('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: engineer,
    body,
  });
  expect(asked.status).toBe(202);
  return asked.body;
}

test('a worker killed at any moment of a load leaves the earlier version, and the job ends by itself', async () => {
  const dataset = await service.call<{ id: string }>('POST', '/v1/datasets', {
    secret: engineer,
    body: { schema: SCHEMA },
  });
  const datasetId = dataset.body.id;
  const first = await askForLoad(datasetId, fileOf(100));
  await jobEnd(service, engineer, first.job_id);
  const bytes = fileOf(200_000);
  for (const [round, pauseMs] of [0, 150, 400, 700].entries()) {
    const before = await service.call<{ persons: number }>('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
    const asked = await askForLoad(datasetId, bytes);
    await waitFor(async () => {
      const { body } = await service.call<JobBody>('GET', `/v1/jobs/${asked.job_id}`, { secret: engineer });
      return body.status === 'queued' ? undefined : body;
    });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const running = await service.call<JobBody>('GET', `/v1/jobs/${asked.job_id}`, { secret: engineer });
    process.kill(await waitFor(workerPid), 'SIGKILL');
    const during = await service.call<{ persons: number }>('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
    expect(during.status).toBe(200);
    if (running.body.status === 'running') expect([before.body.persons, 200_000]).toContain(during.body.persons);
    expect(await jobEnd(service, engineer, asked.job_id), `round ${round}`).toMatchObject({ status: 'succeeded' });
    const after = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
    expect(after.body).toMatchObject({ persons: 200_000, records: 200_000 });
  }
  const events = await service.call<{ items: { event: string }[] }>('GET', '/v1/audit/events?limit=200', {
    secret: officer,
  });
  const counted = (name: string) => events.body.items.filter(({ event }) => event === name).length;
  expect(counted('load.completed')).toBe(5);
  expect(counted('job.retried')).toBeGreaterThan(0);
  await waitFor(() => (readdirSync(join(service.dataDir, 'uploads')).length === 0 ? true : undefined), {
    timeoutMs: 10_000,
  });
});

test('a service killed with its worker goes on with the job when it starts again', async () => {
  const dataset = await service.call<{ id: string }>('POST', '/v1/datasets', {
    secret: engineer,
    body: { schema: SCHEMA },
  });
  const asked = await askForLoad(dataset.body.id, fileOf(100_000));
  const worker = await waitFor(workerPid);
  await service.stop('SIGKILL');
  try {
    process.kill(worker, 'SIGKILL');
  } catch {
    // It saw its parent go and ended first.
  }
  service = await startService({ dataDir: service.dataDir });
  expect(service.adminToken).toBe('');
  expect(await jobEnd(service, engineer, asked.job_id)).toMatchObject({ status: 'succeeded' });
});

test('SIGTERM ends the service cleanly', async () => {
  expect(await service.stop('SIGTERM')).toBe(0);
});
