// Ten thousand persons ask to be erased. No byte of theirs is in any file of the running service after it, not after the very
// same file is loaded again, and not after a backup from before is restored.
import { createCipheriv, createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeGround, openGround } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { asService } from '../../server/database/row-scope.ts';
import { findInFiles } from './files-with.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload, waitFor } from './service.ts';

const PERSONS = 25_000;
const ERASED = Array.from({ length: 10_000 }, (_, n) => n * 2 + 1);
const SCHEMA = {
  name: 'crm',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    spend: { role: 'attribute', kind: 'number' },
    hobby: { role: 'attribute', kind: 'category' },
    xandr: { role: 'activation-id', type: 'xandr-user-id' },
  },
};

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const email = (n: number) => digest(`email of ${n}`);
const phone = (n: number) => digest(`phone of ${n}`);
const record = (n: number) => `customer-${String(n).padStart(6, '0')}`;
/** A fraction that nobody else has. */
const spend = (n: number) => createHash('sha256').update(`spend of ${n}`).digest().readUInt32LE() / 7 + n;
const hobbyOf = (n: number) => (n < 2000 ? `hobby of ${n} alone` : 'reading');
const xandr = (n: number) => String(8_000_000_000_000 + n * 104_729);
const row = (n: number) => [record(n), email(n), phone(n), spend(n), hobbyOf(n), xandr(n)].join();
const fileOf = (persons: readonly number[]) =>
  Buffer.from(['customer_id,email,phone,spend,hobby,xandr', ...persons.map(row)].join('\n'));
const everybody = Array.from({ length: PERSONS }, (_, n) => n);

let service: Service;
let osec: Tenant;
let datasetId: string;
const backup = mkdtempSync(join(tmpdir(), 'ecluse-backup-'));

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
  const made = await call<{ id: string }>('data-engineer', 'POST', '/v1/datasets', { schema: SCHEMA });
  datasetId = made.id;
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
  rmSync(backup, { recursive: true, force: true });
});

async function call<T>(role: keyof Tenant['secrets'], method: string, path: string, body?: unknown): Promise<T> {
  const answer = await service.call<T>(method, path, { secret: osec.secrets[role], body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

interface LoadBody {
  id: string;
  job_id: string;
  accepted: number;
  rejected: Record<string, number>;
}

async function load(file: Buffer, mode: string): Promise<LoadBody> {
  const uploadId = await upload(service, osec.secrets['data-engineer'], { name: 'crm.csv', bytes: file });
  const asked = await call<LoadBody>('data-engineer', 'POST', `/v1/datasets/${datasetId}/loads`, {
    upload_id: uploadId,
    mode,
  });
  await jobEnd(service, osec.secrets['data-engineer'], asked.job_id);
  return call<LoadBody>('data-engineer', 'GET', `/v1/loads/${asked.id}`);
}

interface DeletionBody {
  id: string;
  source: string;
  status: string;
  days_left: number | null;
  erased: { persons: number; tombstones: number; staged_files: number } | null;
  receipt_event_id: string | null;
}

function deletionEnd(id: string): Promise<DeletionBody> {
  return waitFor(async () => {
    const body = await call<DeletionBody>('compliance-officer', 'GET', `/v1/deletion-requests/${id}`);
    return ['completed', 'failed'].includes(body.status) ? body : undefined;
  });
}

/** Everything of the erased that could stand in a file: digests and keys raw and as text, record ids, values. */
async function writingsOf(dataDir: string): Promise<Buffer[]> {
  const ground = await openGround(readConfig({ flags: { dataDir, logLevel: 'silent' }, env: {} }), 'worker');
  const tenantKey = await asService(() => ground.keys.getTenantKey(osec.id));
  await closeGround(ground);
  const keyOf = (hex: string) =>
    createCipheriv('aes-256-ecb', tenantKey, null)
      .setAutoPadding(false)
      .update(Buffer.from(hex.slice(0, 32), 'hex'));
  return ERASED.flatMap((n) => [
    ...[email(n), phone(n)].flatMap((hex) => [Buffer.from(hex.slice(0, 32)), Buffer.from(hex.slice(0, 32), 'hex')]),
    ...[email(n), phone(n)].flatMap((hex) => [keyOf(hex), Buffer.from(keyOf(hex).toString('hex'))]),
    Buffer.from(record(n)),
    float(spend(n)),
    Buffer.from(xandr(n)),
    ...(n < 2000 ? [Buffer.from(hobbyOf(n))] : []),
  ]);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

async function restart(): Promise<void> {
  await service.stop();
  service = await startService({ dataDir: service.dataDir });
}

let writings: Buffer[] = [];
const filesWithErased = () => [...findInFiles(service.dataDir, writings).at];

test('ten thousand erased persons are in no file, not even in one that waits to be loaded', async () => {
  expect(await load(fileOf(everybody), 'replace')).toMatchObject({ accepted: PERSONS, rejected: {} });
  await service.stop();
  cpSync(service.dataDir, backup, { recursive: true });
  writings = await writingsOf(backup);
  expect(findInFiles(backup, writings).found.size).toBeGreaterThan(ERASED.length);
  service = await startService({ dataDir: service.dataDir });
  // One file that waits to be loaded, with one of the erased in it, and one without.
  const staged = { name: 'staged.csv', bytes: fileOf([ERASED[7] as number, 2]) };
  const engineer = osec.secrets['data-engineer'];
  const [withErased, without] = [
    await upload(service, engineer, staged),
    await upload(service, engineer, { name: 'other.csv', bytes: fileOf([2, 4]) }),
  ];

  const asked = await call<DeletionBody>('compliance-officer', 'POST', '/v1/deletion-requests', {
    persons: { digests: ERASED.map(email) },
    reference: 'ticket 4711',
  });
  expect(asked).toMatchObject({ status: 'queued', days_left: 29 });
  const done = await deletionEnd(asked.id);
  expect(done).toMatchObject({ status: 'completed', days_left: null });
  // Led to by their emails, their telephone numbers and record ids are kept from coming back too.
  expect(done.erased).toMatchObject({ persons: ERASED.length, tombstones: ERASED.length * 3, staged_files: 1 });
  const uploads = await Promise.all(
    [withErased, without].map((id) => call<{ status: string }>('data-engineer', 'GET', `/v1/uploads/${id}`)),
  );
  expect(uploads.map(({ status }) => status)).toEqual(['destroyed', 'complete']);
  const receipt = `/v1/receipts/${done.receipt_event_id}`;
  expect(await call('compliance-officer', 'GET', receipt)).toMatchObject({ text: expect.stringContaining('c2sp.org') });
  const dataset = await call('data-engineer', 'GET', `/v1/datasets/${datasetId}`);
  expect(dataset).toMatchObject({ persons: PERSONS - ERASED.length, records: PERSONS - ERASED.length });
  expect(filesWithErased()).toEqual([]);
});

test('a later load of the same file does not bring them back', async () => {
  const again = await load(fileOf(everybody), 'replace');
  expect(again).toMatchObject({
    accepted: PERSONS - ERASED.length,
    rejected: { person_erased: ERASED.length },
  });
  const merged = await load(fileOf(ERASED.slice(0, 5)), 'upsert');
  expect(merged).toMatchObject({ accepted: 0, rejected: { person_erased: 5 } });
  await restart();
  expect(filesWithErased()).toEqual([]);
});

test('a backup from before does not bring them back', async () => {
  await restoreBackup();
  const [restored] = await waitFor(async () => {
    const { items } = await call<{ items: DeletionBody[] }>('compliance-officer', 'GET', '/v1/deletion-requests');
    return items.length > 0 ? items : undefined;
  });
  expect(await deletionEnd(restored?.id ?? '')).toMatchObject({ source: 'restored', status: 'completed' });
  await restart();
  expect(filesWithErased()).toEqual([]);
  expect(await call('data-engineer', 'GET', `/v1/datasets/${datasetId}`)).toMatchObject({
    persons: PERSONS - ERASED.length,
  });
  expect(await load(fileOf([1, 2]), 'upsert')).toMatchObject({ accepted: 1, rejected: { person_erased: 1 } });
});

/** Everything goes back to the backup; the ledger of erasures alone is the one of now. */
async function restoreBackup(): Promise<void> {
  await service.stop();
  const { dataDir } = service;
  const ledger = join(dataDir, 'erasures.ledger');
  const kept = join(backup, 'erasures.ledger');
  cpSync(ledger, kept);
  rmSync(dataDir, { recursive: true });
  cpSync(backup, dataDir, { recursive: true });
  service = await startService({ dataDir });
}
