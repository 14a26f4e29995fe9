// The partner's whole way against the real service: hash, upload, resume, load, and the receipt verified offline.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPartner } from '../../partner/build.ts';
import { createTenant, type Service, setUp, startService, type Tenant } from './service.ts';

const SCHEMA = {
  name: 'osec-crm',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    complaint: { role: 'attribute', kind: 'boolean' },
  },
};

let service: Service;
let osec: Tenant;
let dataset: string;
const folder = mkdtempSync(join(tmpdir(), 'ecluse-partner-upload-'));
const program = join(folder, 'ecluse-partner.mjs');

beforeAll(async () => {
  await buildPartner(program);
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
  const secret = osec.secrets['data-engineer'];
  dataset = (await service.call<{ id: string }>('POST', '/v1/datasets', { secret, body: { schema: SCHEMA } })).body.id;
  const salts = await service.call<{ items: { value: string }[] }>('GET', '/v1/salts', { secret });
  writeFileSync(join(folder, 'salt.txt'), salts.body.items[0]!.value);
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(SCHEMA));
});
afterAll(async () => {
  await service?.stop();
  service?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (secret: string) => ({ ECLUSE_API_KEY: secret, ECLUSE_URL: service.url });

function run(args: readonly string[], secret = osec.secrets['data-engineer']) {
  const made = spawnSync(process.execPath, [program, ...args, '--json'], {
    cwd: folder,
    env: environment(secret),
    encoding: 'utf8',
  });
  return { status: made.status, json: JSON.parse(made.stdout), stderr: made.stderr };
}

function hash(rows: readonly string[], name: string): void {
  writeFileSync(join(folder, `${name}.csv`), `customer_id,email,phone,complaint\n${rows.join('\n')}\n`);
  const made = run(['hash', `${name}.csv`, '--schema', 'schema.json', '--salt-file', 'salt.txt']);
  expect(made.json).toMatchObject({ received: rows.length });
}

test('a hashed file is uploaded and loaded, and its receipt verifies offline', async () => {
  hash(['1,jane@example.com,06 39 98 12 34,no', '2,joe@example.com,,yes', '2,jim@example.com,,no', '3,bad,,no'], 'crm');
  const loaded = run(['upload', 'crm.hashed.csv', '--dataset', dataset, '--load', 'replace']);
  expect(loaded.json).toMatchObject({
    load: { received: 3, accepted: 2, rejected: { record_id_duplicate: 1 }, persons: 2 },
  });
  expect(loaded.status).toBe(3);

  const secret = osec.secrets['data-engineer'];
  const key = await service.call<{ verifier_key: string; origin: string }>('GET', '/v1/audit/key', { secret });
  const receipt = await service.call<{ text: string }>('GET', `/v1/receipts/${loaded.json.load.receipt_event_id}`, {
    secret,
  });
  const path = join(folder, 'load.tlog-proof');
  writeFileSync(path, receipt.body.text);
  const trust = ['--key', key.body.verifier_key, '--origin', key.body.origin];
  const verified = run(['verify', path, ...trust]);
  expect(verified).toMatchObject({ status: 0, json: { verified: true, kind: 'receipt' } });
  const forged = readFileSync(path, 'utf8').replace(/\nindex \d+\n/, '\nindex 0\n');
  writeFileSync(path, forged);
  expect(run(['verify', path, ...trust])).toMatchObject({ status: 1, json: { verified: false } });
});

test('after Ctrl-C the same command goes on, and the file is loaded whole', async () => {
  const rows = Array.from({ length: 250_000 }, (_, at) => `C${at},p${at}@example.com,,no`);
  hash(rows, 'large');
  const args = [
    program,
    'upload',
    'large.hashed.csv',
    '--dataset',
    dataset,
    '--load',
    'replace',
    '--progress',
    'plain',
  ];
  const child = spawn(process.execPath, args, { cwd: folder, env: environment(osec.secrets['data-engineer']) });
  const state = join(folder, 'large.hashed.csv.upload.json');
  while (child.exitCode === null && !(existsSync(state) && readFileSync(state, 'utf8').includes('uploadUrl'))) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(130);
  const loaded = run(['upload', 'large.hashed.csv', '--dataset', dataset, '--load', 'replace']);
  expect(loaded.json).toMatchObject({ resumed: true, load: { received: 250_000, accepted: 250_000 } });
  expect(loaded.status).toBe(0);
  expect(existsSync(state)).toBe(false);
});

test('a file in the clear is refused as an incident with row and field', () => {
  writeFileSync(join(folder, 'clear.csv'), 'customer_id,email,phone,complaint\n1,jane@example.com,,no\n');
  const loaded = run(['upload', 'clear.csv', '--dataset', dataset, '--load', 'replace']);
  expect(loaded.status).toBe(1);
  expect(loaded.json).toMatchObject({ error: { code: 'load_failed', row: 1, field: 'email' } });
  expect(JSON.stringify(loaded.json)).not.toContain('jane');
});

test('a wrong key exits with 4 and a role without the permission with 5, and nothing else is said', () => {
  const wrong = run(['upload', 'crm.hashed.csv', '--dataset', dataset], 'ecl_wrong');
  expect(wrong.status).toBe(4);
  expect(wrong.stderr).toMatch(/^error: .*\nhint: .*\n$/);
  expect(run(['upload', 'crm.hashed.csv', '--dataset', dataset], osec.secrets.analyst).status).toBe(5);
});
