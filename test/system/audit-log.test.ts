// The audit log of the real service, verified by someone who has nothing but its key: over HTTP, after a kill, after tampering.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import knex from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import { parseEntryBundle, tilePath, tileWidth } from '../../audit/tiles.ts';
import { verifyConsistencyBetween, verifyLog, verifyReceipt } from '../../audit/verify.ts';
import { createTenant, type Service, setUp, startService, type Tenant } from './service.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

let service: Service;
let operator: string;
let osec: Tenant;
let verifierKeys: string[];
let kept: string;

beforeAll(async () => {
  service = await startService();
  kept = await text('/checkpoint');
  operator = await setUp(service);
  osec = await createTenant(service, operator, 'Osec');
  const { body } = await service.call<{ verifier_key: string }>('GET', '/v1/audit/key', { secret: osec.secrets.admin });
  verifierKeys = [body.verifier_key];
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
});

const text = async (path: string): Promise<string> => (await fetch(`${service.url}${path}`)).text();

/** An event's receipt has a checkpoint signed that covers it. */
async function newestReceipt(): Promise<{ eventId: string; receipt: string }> {
  const secret = osec.secrets['compliance-officer'];
  const { body } = await service.call<{ items: { id: string }[] }>('GET', '/v1/audit/events', { secret });
  const eventId = body.items[0]!.id;
  const receipt = await service.call<{ text: string }>('GET', `/v1/receipts/${eventId}`, { secret });
  expect(receipt.status).toBe(200);
  return { eventId, receipt: receipt.body.text };
}

async function entriesOf(size: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let index = 0; entries.length < size; index += 1) {
    const width = tileWidth({ level: 'entries', index }, size);
    const headers = { authorization: `Bearer ${operator}` };
    const response = await fetch(`${service.url}/${tilePath({ level: 'entries', index, width })}`, { headers });
    entries.push(...parseEntryBundle(new Uint8Array(await response.arrayBuffer()), width));
  }
  return entries;
}

function fsck(): { ok: boolean; firstBroken?: { index: number; kind: string } } {
  const flags = ['audit', 'fsck', '--json', '--data-dir', service.dataDir];
  return JSON.parse(spawnSync(process.execPath, [MAIN, ...flags], { encoding: 'utf8' }).stdout);
}

test('a receipt of an own event verifies offline, at once', async () => {
  const { eventId, receipt } = await newestReceipt();
  expect(await verifyReceipt({ receipt, verifierKeys })).toMatchObject({ ok: true, event: { id: eventId } });
});

test('the whole log verifies against the checkpoint kept since the start, and both are consistent', async () => {
  await newestReceipt();
  const checkpoint = await text('/checkpoint');
  const [older, newer] = await Promise.all([kept, checkpoint].map((note) => openCheckpoint(note, { verifierKeys })));
  const entries = await entriesOf(newer!.size);
  expect(await verifyLog({ entries, checkpoint, keptCheckpoints: [kept], verifierKeys })).toMatchObject({ ok: true });
  const proof = (await text(`/consistency/${older!.size}/${newer!.size}`)).trimEnd().split('\n');
  const claim = { oldCheckpoint: kept, newCheckpoint: checkpoint, proof, verifierKeys };
  expect(await verifyConsistencyBetween(claim)).toMatchObject({ ok: true });
});

test('no tenant may read the entries, which are everyone’s', async () => {
  for (const secret of Object.values(osec.secrets)) {
    const headers = { authorization: `Bearer ${secret}` };
    expect((await fetch(`${service.url}/tile/entries/000.p/1`, { headers })).status).toBe(404);
  }
});

test('the log is whole after a kill, and says where it was touched', async () => {
  const { receipt } = await newestReceipt();
  const { dataDir } = service;
  await service.stop('SIGKILL');
  expect(fsck()).toMatchObject({ ok: true });
  const db = knex({ client: 'sqlite3', connection: { filename: join(dataDir, 'ecluse.db') }, useNullAsDefault: true });
  const { leaf } = await db('audit_leaves').where({ leaf_index: 4 }).first();
  await db('audit_leaves')
    .where({ leaf_index: 4 })
    .update({ leaf: leaf.replace('succeeded', 'succeedee') });
  expect(fsck()).toMatchObject({ ok: false, firstBroken: { index: 4, kind: 'leaf_changed' } });
  await db('audit_leaves').where({ leaf_index: 4 }).update({ leaf });
  await db.destroy();
  service = await startService({ dataDir });
  expect(await verifyReceipt({ receipt, verifierKeys })).toMatchObject({ ok: true });
  expect(fsck()).toMatchObject({ ok: true });
});
