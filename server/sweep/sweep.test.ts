// Sweeps: what time or a crash left behind goes, and what somebody still needs stays.
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../ids.ts';
import { openWorld, type World } from '../testing/world.ts';
import { sweep } from './sweep.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await openWorld(['osec']);
  folder = join(world.ground.config.dataDir, 'uploads');
  mkdirSync(folder, { recursive: true });
});
afterAll(() => world?.close());

async function upload(state: string, expiresAt: string): Promise<string> {
  const id = newId('upl');
  await world.ground.db.knex('uploads').insert({
    id,
    tenant_id: world.names.get('osec'),
    created_by: 'mem_a',
    state,
    size_bytes: 1,
    received_bytes: 1,
    sha256: 'a'.repeat(64),
    filename: 'x.csv',
    created_at: '2026-05-01T00:00:00.000Z',
    expires_at: expiresAt,
  });
  writeFileSync(join(folder, `${id}.sealed`), 'x');
  return id;
}

test('an upload that nobody loaded in time is destroyed; one that a load has taken stays', async () => {
  const [expired, young, taken] = [
    await upload('complete', '2026-06-01T07:00:00.000Z'),
    await upload('receiving', '2026-06-01T09:00:00.000Z'),
    await upload('consumed', '2026-06-01T07:00:00.000Z'),
  ];
  await sweep(world.ground);
  expect(readdirSync(folder).toSorted()).toEqual([young, taken].map((id) => `${id}.sealed`).toSorted());
  const answer = await world.call({ who: 'osec.data-engineer', method: 'GET', path: `/v1/uploads/${expired}` });
  expect(answer.body.status).toBe('destroyed');
});

test('a file that no row owns goes once it is old enough not to be on its way', async () => {
  for (const [name, instant] of [
    ['upl_old.sealed', '2026-06-01T07:00:00.000Z'],
    ['upl_new.sealed', '2026-06-01T08:00:00.000Z'],
  ] as const) {
    writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, name), new Date(instant), new Date(instant));
  }
  await sweep(world.ground);
  expect(readdirSync(folder)).toContain('upl_new.sealed');
  expect(readdirSync(folder)).not.toContain('upl_old.sealed');
});

test('retired versions are dropped by one job a dataset, once nobody stands on them', async () => {
  const { knex } = world.ground.db;
  const tenantId = world.names.get('osec') ?? '';
  const made = await world.call({
    who: 'osec.data-engineer',
    method: 'POST',
    path: '/v1/datasets',
    body: {
      schema: { name: 'crm', columns: { id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' } } },
    },
  });
  const version = {
    tenant_id: tenantId,
    dataset_id: made.body.id,
    load_id: newId('lod'),
    records: 1,
    persons: 1,
    detail: '{}',
    created_at: made.body.created_at,
  };
  await knex('dataset_versions').insert({ ...version, id: newId('dsv'), state: 'retired' });
  await knex('dataset_versions').insert({ ...version, id: newId('dsv'), state: 'visible' });
  await sweep(world.ground);
  await sweep(world.ground);
  expect(await knex('jobs').where({ kind: 'drop-retired-versions', subject_id: made.body.id })).toHaveLength(1);
});

test('sessions that ended long ago and guesses of the day before go', async () => {
  const { db } = world.ground;
  const [member_id, tenant_id] = [world.names.get('osec.analyst'), world.names.get('osec')];
  const session = (id: string, instant: string) =>
    db.knex('sessions').insert({
      ...{
        id,
        tenant_id,
        member_id,
        secret_digest: 'a'.repeat(64),
        way: 'password',
        has_second_factor: 0,
        browser: '',
      },
      ...{ created_at: instant, last_seen_at: instant, expires_at: instant },
    });
  await session('ses_old', '2026-05-01T00:00:00.000Z');
  await session('ses_new', '2026-05-31T00:00:00.000Z');
  for (const [sign, last_at] of [
    ['a', '2026-05-30T00:00:00.000Z'],
    ['b', '2026-06-01T00:00:00.000Z'],
  ] as const)
    await db.knex('sign_in_guesses').insert({ key_digest: sign.repeat(64), failures: 1, last_at });
  await sweep(world.ground);
  expect((await db.knex('sessions').select('id')).map(({ id }) => id)).toEqual(['ses_new']);
  expect(await db.knex('sign_in_guesses').select('key_digest')).toEqual([{ key_digest: 'b'.repeat(64) }]);
});
