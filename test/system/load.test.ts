// From a schema to persons over HTTP, against the real service: what a load accepts, refuses and destroys.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesHolding } from './files-holding.ts';
import {
  createTenant,
  createUpload,
  jobEnd,
  type Service,
  setUp,
  startService,
  type Tenant,
  tusHeaders,
  upload,
  waitFor,
} from './service.ts';

let service: Service;
let osec: Tenant;
let engineer: string;

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
  engineer = osec.secrets['data-engineer'];
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
});

const SCHEMA = {
  name: 'osec-crm',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    last_raincoat: { role: 'attribute', kind: 'date' },
  },
};

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const rowsOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `${from + n},${digest(`person ${from + n}`)},2024-05-01\n`).join('');
const HEADER = 'customer_id,email,last_raincoat\n';

async function createDataset(): Promise<string> {
  const { status, body } = await service.call<{ id: string }>('POST', '/v1/datasets', {
    secret: engineer,
    body: { schema: SCHEMA },
  });
  expect(status).toBe(201);
  return body.id;
}

interface LoadBody {
  id: string;
  upload_id: string;
  job_id: string;
  status: string;
  received: number;
  accepted: number;
  rejected: Record<string, number>;
  persons: number;
  error: { code: string; row?: number; field?: string } | null;
  incident: boolean;
  receipt_event_id: string | null;
}

async function load(
  datasetId: string,
  text: string,
  options: { mode?: string; sha256?: string } = {},
): Promise<LoadBody> {
  const sha = options.sha256 === undefined ? {} : { sha256: options.sha256 };
  const uploadId = await upload(service, engineer, { name: 'crm.csv', bytes: Buffer.from(text), ...sha });
  const body = { upload_id: uploadId, mode: options.mode ?? 'replace' };
  const asked = await service.call<LoadBody>('POST', `/v1/datasets/${datasetId}/loads`, { secret: engineer, body });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  await jobEnd(service, engineer, asked.body.job_id);
  return (await service.call<LoadBody>('GET', `/v1/loads/${asked.body.id}`, { secret: engineer })).body;
}

test('a load becomes visible with its figures, and its rejected rows are told in file order without their values', async () => {
  const datasetId = await createDataset();
  const bad = `900,${digest('x').toUpperCase()},2024-01-01\n901,nonsense,2024-01-01\n`;
  const loaded = await load(datasetId, HEADER + rowsOf(10) + bad + rowsOf(5, 100));
  expect(loaded).toMatchObject({
    status: 'partially_succeeded',
    received: 17,
    accepted: 15,
    persons: 15,
    incident: false,
    error: null,
  });
  expect(loaded.receipt_event_id).toMatch(/^evt_/);
  expect(Object.values(loaded.rejected).reduce((a, b) => a + b, 0)).toBe(2);
  const path = `/v1/loads/${loaded.id}/rejects`;
  const first = await service.call<{ items: { row: number; code: string }[]; next_cursor: string }>(
    'GET',
    `${path}?limit=1`,
    { secret: engineer },
  );
  const second = await service.call<{ items: { row: number; code: string }[]; next_cursor: null }>(
    'GET',
    `${path}?limit=1&cursor=${first.body.next_cursor}`,
    { secret: engineer },
  );
  expect([...first.body.items, ...second.body.items].map(({ row, code }) => [row, code])).toEqual([
    [11, 'digest_uppercase'],
    [12, 'digest_malformed'],
  ]);
  expect(second.body.next_cursor).toBeNull();
  const dataset = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(dataset.body).toMatchObject({ status: 'ready', records: 15, persons: 15 });
});

test('a value in the clear is an incident: nothing is visible, the upload is destroyed, the log says so', async () => {
  const datasetId = await createDataset();
  const loaded = await load(datasetId, `${HEADER + rowsOf(3)}7,ada@example.org,2024-01-01\n`);
  expect(loaded).toMatchObject({
    status: 'failed',
    incident: true,
    error: { code: 'cleartext_identifier', row: 4, field: 'email' },
  });
  expect(JSON.stringify(loaded)).not.toContain('ada@');
  const dataset = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(dataset.body).toMatchObject({ status: 'empty', persons: 0 });
  const events = await service.call<{ items: { event: string; subject: { id: string } }[] }>(
    'GET',
    `/v1/audit/events?event=load.incident`,
    {
      secret: osec.secrets['compliance-officer'],
    },
  );
  expect(events.body.items.map(({ subject }) => subject.id)).toContain(loaded.id);
  const destroyed = await service.call<{ items: { subject: { id: string }; detail: { reason: string } }[] }>(
    'GET',
    `/v1/audit/events?event=upload.destroyed`,
    { secret: osec.secrets['compliance-officer'] },
  );
  expect(destroyed.body.items[0]).toMatchObject({
    subject: { id: loaded.upload_id },
    detail: { reason: 'cleartext_identifier' },
  });
});

test('a wrong SHA-256 fails the load and leaves the version before', async () => {
  const datasetId = await createDataset();
  await load(datasetId, HEADER + rowsOf(4));
  const loaded = await load(datasetId, HEADER + rowsOf(9), { sha256: '0'.repeat(64) });
  expect(loaded).toMatchObject({ status: 'failed', error: { code: 'sha256_mismatch' } });
  const dataset = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(dataset.body).toMatchObject({ status: 'ready', persons: 4 });
});

test('an upsert adds to the version before', async () => {
  const datasetId = await createDataset();
  await load(datasetId, HEADER + rowsOf(4));
  const loaded = await load(datasetId, HEADER + rowsOf(4, 2), { mode: 'upsert' });
  expect(loaded).toMatchObject({ status: 'succeeded', accepted: 4, persons: 6 });
  const dataset = await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(dataset.body).toMatchObject({ records: 6, persons: 6 });
});

test('an upload rests encrypted, goes on after a cut, and its file is gone once loaded', async () => {
  const datasetId = await createDataset();
  const bytes = Buffer.from(HEADER + rowsOf(200));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const location = await createUpload(service, engineer, { name: 'crm.csv', size: bytes.length, sha256 });
  const id = location.split('/').at(-1) ?? '';
  const patch = (from: number, to: number) =>
    fetch(service.url + location, {
      method: 'PATCH',
      headers: {
        ...tusHeaders(engineer),
        'upload-offset': String(from),
        'content-type': 'application/offset+octet-stream',
      },
      body: bytes.subarray(from, to),
    });
  expect((await patch(0, 5000)).status).toBe(204);
  const early = await service.call('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: engineer,
    body: { upload_id: id, mode: 'replace' },
  });
  expect(early).toMatchObject({ status: 422, body: { code: 'upload_incomplete' } });
  const head = await fetch(service.url + location, { method: 'HEAD', headers: tusHeaders(engineer) });
  expect(head.headers.get('upload-offset')).toBe('5000');
  expect((await patch(4000, 6000)).status).toBe(409);
  expect((await patch(5000, bytes.length)).status).toBe(204);
  const path = join(service.dataDir, 'uploads', `${id}.sealed`);
  expect(readFileSync(path).includes(digest('person 3'))).toBe(false);
  expect(statSync(path).mode & 0o077).toBe(0);
  const asked = await service.call<LoadBody>('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: engineer,
    body: { upload_id: id, mode: 'replace' },
  });
  const again = await service.call('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: engineer,
    body: { upload_id: id, mode: 'replace' },
  });
  expect(again.status).toBe(410);
  expect(await jobEnd(service, engineer, asked.body.job_id)).toMatchObject({ status: 'succeeded' });
  await waitFor(() => (readdirSync(join(service.dataDir, 'uploads')).includes(`${id}.sealed`) ? undefined : true));
  const shown = await service.call('GET', `/v1/uploads/${id}`, { secret: engineer });
  expect(shown.body).toMatchObject({ status: 'destroyed' });
});

test('what tus refuses is told as a problem, too', async () => {
  const post = (headers: Record<string, string>) =>
    fetch(`${service.url}/v1/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${engineer}`, ...headers },
    });
  const refusals = [
    await post({}),
    await post({ 'tus-resumable': '1.0.0', 'upload-length': String(10 ** 12) }),
    await post({ 'tus-resumable': '1.0.0' }),
    await post({ 'tus-resumable': '1.0.0', 'upload-length': '10' }),
  ];
  for (const refused of refusals) {
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await refused.json()).toMatchObject({ status: refused.status, request_id: expect.any(String) });
  }
  expect(refusals.map(({ status }) => status)).toEqual([400, 413, 400, 400]);
});

test('suppressed digests become match keys and are counted once', async () => {
  const made = await service.call<{ id: string }>('POST', '/v1/suppression-lists', {
    secret: engineer,
    body: { name: 'opt-outs', type: 'email' },
  });
  for (const digests of [
    [digest('a'), digest('b')],
    [digest('b'), digest('c')],
  ]) {
    const asked = await service.call<{ job_id: string }>('POST', `/v1/suppression-lists/${made.body.id}/entries`, {
      secret: engineer,
      body: { digests },
    });
    expect(asked.status).toBe(202);
    expect(await jobEnd(service, engineer, asked.body.job_id)).toMatchObject({ status: 'succeeded' });
  }
  const list = await service.call('GET', `/v1/suppression-lists/${made.body.id}`, { secret: engineer });
  expect(list.body).toMatchObject({ entries: 3 });
});

test('after a load no file on disk holds a digest or an identifier, in any writing', async () => {
  const datasetId = await createDataset();
  const text = `${HEADER}${rowsOf(50, 7000)}bad,${'Z'.repeat(64)},2024-01-01\n`;
  await load(datasetId, text);
  const secrets = [digest('person 7000'), digest('person 7049'), 'Z'.repeat(64), 'person 70'];
  const writings = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret, 'hex');
    return [
      Buffer.from(secret),
      Buffer.from(secret.toUpperCase()),
      ...(bytes.length === 32 ? [bytes.subarray(0, 16), bytes.subarray(16)] : []),
    ];
  });
  const { paths, found } = filesHolding(service.dataDir, writings);
  expect(paths.length).toBeGreaterThan(10);
  expect(found).toEqual([]);
});

test('a deleted dataset is gone at once and its job destroys the rest', async () => {
  const datasetId = await createDataset();
  await load(datasetId, HEADER + rowsOf(4));
  const deleted = await service.call<{ job_id: string }>('DELETE', `/v1/datasets/${datasetId}`, { secret: engineer });
  expect(deleted.status).toBe(202);
  expect((await service.call('GET', `/v1/datasets/${datasetId}`, { secret: engineer })).status).toBe(404);
  expect(await jobEnd(service, engineer, deleted.body.job_id)).toMatchObject({ status: 'succeeded' });
});

test('no log line holds a digest, a body or a key', () => {
  const output = service.output();
  expect(output).not.toContain(digest('person 3'));
  expect(output).not.toContain('ada@');
  expect(output).not.toContain(engineer);
});

test('a rotated tenant key changes nothing that a caller sees, and upserts go on under the new key', async () => {
  const datasetId = await createDataset();
  await load(datasetId, HEADER + rowsOf(4));
  const asked = await service.call<{ job_id: string }>('POST', '/v1/keys/rotations', {
    secret: osec.secrets.admin,
    body: {},
  });
  expect(asked.status).toBe(202);
  expect(await jobEnd(service, engineer, asked.body.job_id)).toMatchObject({ status: 'succeeded' });
  expect(await load(datasetId, HEADER + rowsOf(4, 2), { mode: 'upsert' })).toMatchObject({
    status: 'succeeded',
    persons: 6,
  });
});
