// The service as an operator runs it: its commands, its ports, its faults, and PostgreSQL instead of SQLite.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster } from '../../matching/engine/cluster-fixture.ts';
import { startPostgres } from './postgres.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload } from './service.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ecluse-commands-'));
let service: Service;
let osec: Tenant;

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ecluse(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ended;
  }
}

const SCHEMA = {
  name: 'osec-crm',
  columns: { customer_id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' } },
};

async function loadRows(of: Service, tenant: Tenant, datasetId: string, mode: string, rows: number): Promise<unknown> {
  const secret = tenant.secrets['data-engineer'];
  const lines = Array.from({ length: rows }, (_, n) => `${n},${createHash('sha256').update(`p${n}`).digest('hex')}\n`);
  const uploadId = await upload(of, secret, {
    name: 'crm.csv',
    bytes: Buffer.from(`customer_id,email\n${lines.join('')}`),
  });
  const asked = await of.call<{ job_id: string }>('POST', `/v1/datasets/${datasetId}/loads`, {
    secret,
    body: { upload_id: uploadId, mode },
  });
  await jobEnd(of, secret, asked.body.job_id);
  return (await of.call('GET', `/v1/datasets/${datasetId}`, { secret })).body;
}

async function newDataset(of: Service, tenant: Tenant): Promise<string> {
  const secret = tenant.secrets['data-engineer'];
  return (await of.call<{ id: string }>('POST', '/v1/datasets', { secret, body: { schema: SCHEMA } })).body.id;
}

test('a fault of the configuration is told before anything is opened', async () => {
  const ended = await ecluse(['serve', '--port', 'eighty', '--data-dir', join(folder, 'none')], {
    ECLUSE_COLOUR: 'blue',
  });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/ECLUSE_COLOUR/);
  expect(ended.stderr).toMatch(/--port/);
  expect(() => statSync(join(folder, 'none'))).toThrow();
});

test('an unknown flag is refused', async () => {
  expect((await ecluse(['serve', '--colour', 'blue'])).code).not.toBe(0);
});

test('a port in use ends the start with its reason', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const ended = await ecluse([
    'serve',
    '--port',
    String(port),
    '--operations-port',
    '0',
    '--data-dir',
    join(folder, 'port'),
  ]);
  taken.close();
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/EADDRINUSE/);
});

test('a second service or worker on the same folder ends at once and says why', async () => {
  const ended = await ecluse(['serve', '--port', '0', '--operations-port', '0', '--data-dir', service.dataDir]);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/another service is running in/);
  const second = await ecluse(['worker', '--data-dir', service.dataDir]);
  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toMatch(/another service is running in/);
  expect((await service.call('GET', '/v1/policies', { secret: osec.secrets.analyst })).status).toBe(200);
});

test('the admin token works once', async () => {
  expect((await service.call('POST', '/v1/setup', { secret: service.adminToken })).status).toBe(409);
});

test('health and metrics stand on their own port, and on the API port there is nothing of them', async () => {
  for (const path of ['/livez', '/readyz', '/metrics']) {
    expect((await fetch(service.operationsUrl + path)).status).toBe(200);
    expect((await fetch(service.url + path)).status).toBe(404);
  }
  expect(await (await fetch(`${service.operationsUrl}/metrics`)).text()).toMatch(/ecluse_worker_starts_total 1/);
});

test('the root key is readable by its owner alone, and a key open to others stops the start', async () => {
  expect(statSync(join(service.dataDir, 'keys', 'root.key')).mode & 0o777).toBe(0o600);
  const open = join(folder, 'open.key');
  writeFileSync(open, randomBytes(32).toString('base64'), { mode: 0o644 });
  const ended = await ecluse([
    'serve',
    '--root-key-file',
    open,
    '--data-dir',
    join(folder, 'open'),
    '--port',
    '0',
    '--operations-port',
    '0',
  ]);
  expect(ended).toMatchObject({ code: 1 });
  expect(ended.stderr).toMatch(/open to others/);
});

test('keys are rotated from the command line while the service runs, and while it rests', async () => {
  const datasetId = await newDataset(service, osec);
  await loadRows(service, osec, datasetId, 'replace', 5);
  const rotate = () =>
    ecluse(['keys', 'rotate', '--tenant', osec.id, '--data-dir', service.dataDir, '--log-level', 'silent']);
  const rotated = await rotate();
  expect(rotated).toMatchObject({ code: 0, stdout: `Rotated the key of ${osec.id}.\n` });
  expect(rotated.stderr).toMatch(/^job_\w+ is queued\n$/);
  await service.stop();
  expect(await rotate()).toMatchObject({ code: 0 });
  expect((await ecluse(['keys', 'rotate', '--data-dir', service.dataDir])).stderr).toMatch(
    /either --tenant or --collaboration/,
  );
  service = await startService({ dataDir: service.dataDir });
  expect(await loadRows(service, osec, datasetId, 'upsert', 8)).toMatchObject({ persons: 8 });
});

test('PostgreSQL holds the control plane as SQLite does', async () => {
  const postgres = await startPostgres();
  const rootKey = join(folder, 'root.key');
  writeFileSync(rootKey, randomBytes(32).toString('base64'), { mode: 0o600 });
  const env = { ECLUSE_DATABASE_URL: postgres.serviceUrl };
  const serve = ['serve', '--data-dir', join(folder, 'pg'), '--port', '0', '--operations-port', '0'];
  expect((await ecluse(['migrate'], { ...env, ECLUSE_DATABASE_OWNER_URL: postgres.url })).code).toBe(0);
  expect((await ecluse(serve, env)).stderr).toMatch(/there is no root key file/);
  const onPostgres = await startService({ flags: ['--root-key-file', rootKey], env });
  try {
    const rando = await createTenant(onPostgres, await setUp(onPostgres), 'Rando');
    const datasetId = await newDataset(onPostgres, rando);
    expect(await loadRows(onPostgres, rando, datasetId, 'replace', 50)).toMatchObject({ status: 'ready', persons: 50 });
  } finally {
    await onPostgres.stop();
    onPostgres.remove();
    await postgres.stop();
  }
});

test('on a ClickHouse cluster a second worker helps, and the persons are the same', async () => {
  const cluster = await startCluster();
  const flags = ['--clickhouse-url', cluster.urls.join(','), '--clickhouse-cluster', cluster.cluster];
  const onCluster = await startService({ flags });
  const second = execFile(process.execPath, [
    MAIN,
    'worker',
    '--data-dir',
    onCluster.dataDir,
    ...flags,
    '--log-level',
    'silent',
  ]);
  try {
    const rando = await createTenant(onCluster, await setUp(onCluster), 'Rando');
    const ids = [
      await newDataset(onCluster, rando),
      await newDataset(onCluster, rando),
      await newDataset(onCluster, rando),
    ];
    const loaded = await Promise.all(ids.map((id, n) => loadRows(onCluster, rando, id, 'replace', 40 + n)));
    expect(loaded).toMatchObject([{ persons: 40 }, { persons: 41 }, { persons: 42 }]);
    expect(await loadRows(onCluster, rando, ids[0] ?? '', 'upsert', 60)).toMatchObject({ persons: 60 });
  } finally {
    const ended = new Promise((resolve) => second.once('exit', resolve));
    second.kill('SIGTERM');
    await ended;
    await onCluster.stop();
    onCluster.remove();
    await cluster.close();
  }
});
