// What nobody renews ends by itself, against the real service: prospects of long ago, and whole datasets.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../server/database/database.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload, waitFor } from './service.ts';

let service: Service;
let osec: Tenant;
let datasetId: string;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const dayBefore = (years: number, days: number) => {
  const day = new Date(Date.now() - days * 86_400_000);
  day.setUTCFullYear(day.getUTCFullYear() - years);
  return day.toISOString().slice(0, 10);
};

const SCHEMA = {
  name: 'prospects',
  columns: {
    id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    last_contact: { role: 'attribute', kind: 'date' },
  },
};

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
  const made = await call<{ id: string; retention_months: number; expires_at: null }>('POST', '/v1/datasets', {
    schema: SCHEMA,
  });
  expect(made).toMatchObject({ retention_months: 13, expires_at: null });
  datasetId = made.id;
});
afterAll(async () => {
  await service?.stop();
  service?.remove();
});

async function call<T>(method: string, path: string, body?: unknown, role: keyof Tenant['secrets'] = 'data-engineer') {
  const answer = await service.call<T>(method, path, { secret: osec.secrets[role], body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function load(mode: string): Promise<void> {
  // Three who were last in touch more than three years ago, one of three years ago less a few days, one of whom it is not known.
  const contacts = [dayBefore(3, 5), dayBefore(4, 0), dayBefore(10, 0), dayBefore(3, -5), '', dayBefore(0, 1)];
  const rows = contacts.map((day, n) => [`r${n}`, digest(`person ${n}`), day].join());
  const bytes = Buffer.from(['id,email,last_contact', ...rows].join('\n'));
  const secret = osec.secrets['data-engineer'];
  const upload_id = await upload(service, secret, { name: 'prospects.csv', bytes });
  const { job_id } = await call<{ job_id: string }>('POST', `/v1/datasets/${datasetId}/loads`, { upload_id, mode });
  await jobEnd(service, secret, job_id);
}

/** The sweeper looks through everything as the service starts. */
async function sweep(before: () => Promise<void> = async () => {}): Promise<void> {
  await service.stop();
  await before();
  service = await startService({ dataDir: service.dataDir });
}

const dataset = () => call<{ persons: number; expires_at: string }>('GET', `/v1/datasets/${datasetId}`);

test('prospects of more than three years ago are erased from their dataset, with a proof, and may come back', async () => {
  await load('replace');
  const { expires_at: expiresAt } = await dataset();
  expect(expiresAt.slice(0, 10)).toBe(monthsFromNow(13));
  await sweep();
  const done = await waitFor(async () => {
    const { items } = await call<{ items: { status: string; receipt_event_id: string }[] }>(
      'GET',
      '/v1/deletion-requests',
      undefined,
      'compliance-officer',
    );
    return items[0]?.status === 'completed' ? items[0] : undefined;
  });
  expect(done).toMatchObject({ source: 'retention', erased: { persons: 3, tombstones: 0 } });
  expect(done.receipt_event_id).toMatch(/^evt_/);
  expect(await dataset()).toMatchObject({ persons: 3 });
  await load('upsert');
  // Whoever is loaded again is there again until the next day's search; rows beside older ones do not renew the dataset.
  expect(await dataset()).toMatchObject({ persons: 6, expires_at: expiresAt });
});

test('a dataset past its time is destroyed, and the log says so', async () => {
  await sweep(async () => {
    const db = openDatabase({ dialect: 'sqlite', file: join(service.dataDir, 'ecluse.db') });
    await db.knex('datasets').where({ id: datasetId }).update({ expires_at: '2026-01-01T00:00:00.000Z' });
    await closeDatabase(db);
  });
  const events = await waitFor(async () => {
    const path = `/v1/audit/events?subject_id=${datasetId}`;
    const { items } = await call<{ items: { event: string }[] }>('GET', path, undefined, 'compliance-officer');
    const names = items.map(({ event }) => event);
    return names.includes('dataset.destroyed') ? names : undefined;
  });
  expect(events.slice(0, 3)).toEqual(['dataset.destroyed', 'removal.searched', 'dataset.expired']);
  const answer = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: osec.secrets['data-engineer'] });
  expect(answer.status).toBe(404);
});

function monthsFromNow(months: number): string {
  const day = new Date();
  day.setUTCMonth(day.getUTCMonth() + months);
  return day.toISOString().slice(0, 10);
}
