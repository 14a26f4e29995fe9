// The service and three witnesses as real processes: two of them are needed for every release. One is killed, then two; then an
// older copy of the data folder is restored, and nothing leaves until the rollback is signed into the log.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import { verifyReceipt } from '../../audit/verify.ts';
import { parseWitnessPolicy } from '../../audit/witness-policy.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload, waitFor } from './service.ts';
import { startWitness, type WitnessProcess } from './witness.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

interface LogKey {
  origin: string;
  verifier_key: string;
  earlier_keys: string[];
  witness_policy: string | null;
}
interface Job {
  status: string;
  progress: { phase: string };
  error: { code: string; detail: string } | null;
}

const folder = mkdtempSync(join(tmpdir(), 'ecluse-witnessed-'));
const policyFile = join(folder, 'witnesses.policy');
let service: Service;
let osec: Tenant;
let segmentId: string;
let logKey: string;
const witnesses: WitnessProcess[] = [];

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
  segmentId = await makeSegment();
  logKey = (await key()).verifier_key;
  for (const name of ['w1', 'w2', 'w3']) witnesses.push(await startWitness({ name, logKey }));
  const lines = [...witnesses.map(({ policyLine }) => policyLine), 'group two 2 w1 w2 w3', 'quorum two'];
  writeFileSync(policyFile, `${lines.join('\n')}\n`);
  await restart();
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
  for (const witness of witnesses) {
    await witness.kill();
    witness.remove();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  const { dataDir } = service;
  await service.stop();
  service = await startService({ dataDir, flags: ['--witness-policy-file', policyFile] });
}

async function key(): Promise<LogKey> {
  return (await service.call<LogKey>('GET', '/v1/audit/key', { secret: osec.secrets['compliance-officer'] })).body;
}

/** Of an own dataset, so that its audiences need no partner: their size is a release like any other. */
async function makeSegment(): Promise<string> {
  const secret = osec.secrets['data-engineer'];
  const schema = {
    name: 'crm',
    columns: {
      id: { role: 'record-id' },
      email: { role: 'identifier', type: 'email' },
      seen: { role: 'attribute', kind: 'date' },
    },
  };
  const made = await service.call<{ id: string }>('POST', '/v1/datasets', { secret, body: { schema } });
  const row = (n: number) => `${n},${createHash('sha256').update(`person ${n}`).digest('hex')},2024-05-01\n`;
  const text = `id,email,seen\n${Array.from({ length: 80 }, (_, n) => row(n)).join('')}`;
  const uploadId = await upload(service, secret, { name: 'crm.csv', bytes: Buffer.from(text) });
  const body = { upload_id: uploadId, mode: 'replace' };
  const load = await service.call<{ job_id: string }>('POST', `/v1/datasets/${made.body.id}/loads`, { secret, body });
  expect(await jobEnd(service, secret, load.body.job_id)).toMatchObject({ status: 'succeeded' });
  const segment = await service.call<{ id: string }>('POST', '/v1/segments', {
    secret: osec.secrets.analyst,
    body: { name: 'recent', dataset_id: made.body.id, text: 'own.seen >= 2024-01-01' },
  });
  expect(segment.status, JSON.stringify(segment.body)).toBe(201);
  return segment.body.id;
}

async function askForSize(): Promise<string> {
  const secret = osec.secrets.analyst;
  const body = { name: 'recent', segment_id: segmentId };
  const asked = await service.call<{ job_id: string }>('POST', '/v1/audiences', { secret, body });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  return asked.body.job_id;
}

const ended = (jobId: string) => jobEnd(service, osec.secrets.analyst, jobId);
const held = (jobId: string, code: string) =>
  waitFor(
    async () => {
      const { body } = await service.call<Job>('GET', `/v1/jobs/${jobId}`, { secret: osec.secrets.analyst });
      return body.error?.code === code ? body : undefined;
    },
    { output: () => service.output() },
  );

async function newestReceipt(): Promise<{ status: number; body: { text: string; detail?: string } }> {
  const secret = osec.secrets['compliance-officer'];
  const { body } = await service.call<{ items: { id: string }[] }>('GET', '/v1/audit/events?limit=1', { secret });
  return service.call<{ text: string }>('GET', `/v1/receipts/${body.items[0]?.id}`, { secret });
}

function ecluse(...argv: string[]) {
  const flags = ['--data-dir', service.dataDir, '--witness-policy-file', policyFile];
  return spawnSync(process.execPath, [MAIN, 'audit', ...argv, ...flags], { encoding: 'utf8' });
}

test('the page says how a witness is started', async () => {
  const page = readFileSync(new URL('../../docs/recipes/prove-what-left.md', import.meta.url), 'utf8');
  const command = /^```sh witness\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  writeFileSync(join(folder, 'log.key'), logKey);
  const script = `ecluse() { exec "${process.execPath}" "${MAIN}" "$@"; }\n${command}`;
  const child = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const line = await waitFor(() => /^ {2}(witness w1 .*)$/m.exec(output)?.[1], { child, output: () => output });
  child.kill();
  expect(parseWitnessPolicy(`${line}\nquorum w1\n`).witnesses).toMatchObject([{ name: 'w1' }]);
});

test('a release carries the cosignatures of the quorum, and a verifier with the policy sees them', async () => {
  expect(await ended(await askForSize())).toMatchObject({ status: 'succeeded' });
  const { witness_policy } = await key();
  const witnessPolicy = parseWitnessPolicy(witness_policy ?? '');
  const { body } = await newestReceipt();
  const verified = await verifyReceipt({ receipt: body.text, verifierKeys: [], witnessPolicy });
  expect(verified.ticks.map(({ name }) => name)).toContain('quorum');
  expect(verified).toMatchObject({ ok: true });
  // The same receipt without its cosignatures is not enough any more.
  const bare = body.text.replace(/^— witness\.example.*\n/gm, '');
  expect(await verifyReceipt({ receipt: bare, verifierKeys: [], witnessPolicy })).toMatchObject({ ok: false });
});

test('with one witness dead releases go on', async () => {
  await witnesses[0]!.kill();
  expect(await ended(await askForSize())).toMatchObject({ status: 'succeeded' });
});

test('with two dead a release is held and says so, and goes on by itself once one is back', async () => {
  const second = witnesses[1]!;
  await second.kill();
  const jobId = await askForSize();
  const job = await held(jobId, 'quorum_missing');
  expect(job).toMatchObject({ status: 'queued', progress: { phase: 'held' } });
  expect(job.error?.detail).toContain('2 of w1, w2, w3');
  expect(await newestReceipt()).toMatchObject({ status: 503 });
  const { port } = new URL(second.url);
  witnesses[1] = await startWitness({ name: 'w2', logKey, dir: second.dir, port });
  expect(await ended(jobId)).toMatchObject({ status: 'succeeded' });
});

test('a restored older copy is refused by the witnesses, until the rollback is signed into the log', async () => {
  const { dataDir } = service;
  const copy = join(folder, 'backup');
  await service.stop();
  cpSync(dataDir, copy, { recursive: true });
  await restart();
  expect(await ended(await askForSize())).toMatchObject({ status: 'succeeded' });
  const lostNote = await (await fetch(`${service.url}/checkpoint`)).text();
  const lost = await openCheckpoint(lostNote, { verifierKeys: [logKey] });
  await service.stop();
  rmSync(dataDir, { recursive: true });
  cpSync(copy, dataDir, { recursive: true });
  service = await startService({ dataDir, flags: ['--witness-policy-file', policyFile] });
  const jobId = await askForSize();
  const job = await held(jobId, 'log_rolled_back');
  expect(job.error?.detail).toContain('ecluse audit sign-rollback');
  expect(ecluse('sign-rollback', '--yes').stderr).toContain('another service is running');
  await service.stop();
  const told = ecluse('sign-rollback');
  expect([told.status, told.stdout]).toEqual([3, expect.stringContaining('Nothing was signed')]);
  const signed = ecluse('sign-rollback', '--yes', '--reference', 'OPS-7');
  expect([signed.status, signed.stdout]).toEqual([0, expect.stringContaining('releases go on')]);
  service = await startService({ dataDir, flags: ['--witness-policy-file', policyFile] });
  expect(await ended(jobId)).toMatchObject({ status: 'succeeded' });
  const { origin, earlier_keys } = await key();
  expect([origin, earlier_keys]).toEqual([`${lost.origin}~2`, [logKey]]);
  const events = await service.call<{ items: { detail: object }[] }>(
    'GET',
    '/v1/audit/events?event=service.backup-restored',
    { secret: osec.secrets['compliance-officer'] },
  );
  expect(events.body.items).toMatchObject([{ detail: { lostSize: lost.size, reference: 'OPS-7', origin } }]);
  // The old name is closed for good: the log that was lost is not cosigned beside the new one.
  const old = await fetch(`${witnesses[2]!.url}/add-checkpoint`, {
    method: 'POST',
    body: `old ${lost.size}\n\n${lostNote}`,
  });
  expect(old.status).toBe(404);
  expect(witnesses[2]!.output()).toContain('ROLLBACK');
  expect(JSON.parse(ecluse('fsck', '--json').stdout)).toMatchObject({ ok: true });
  expect(ecluse('sign-rollback', '--yes').stderr).toContain('another service is running');
});
