// Rules of what an operator sees of the service: how it is, and nothing of whom it serves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../testing/play.ts';
import { openWorld, type World } from '../testing/world.ts';
import { folderSizes } from './folder-sizes.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

test('an operator sees versions, jobs, storage, the log and the service’s keys, and no tenant', async () => {
  await play(world, [
    { who: 'osec.admin', does: 'POST /v1/keys/rotations', sending: {}, gets: 202, leaves: 'key.rotation-requested' },
    {
      who: 'operator',
      does: 'GET /v1/service',
      gets: 200,
      showing: {
        versions: { node: process.versions.node, schema: expect.stringMatching(/^\d{4}-/) },
        engine: 'embedded',
        database: 'sqlite',
        jobs: [{ kind: 'rotate-tenant-key', state: 'queued', count: 1, oldest_at: '2026-06-01T08:00:00.000Z' }],
        storage: { folders: expect.arrayContaining([{ name: '.', bytes: expect.any(Number) }]) },
        keys: expect.arrayContaining([
          { purpose: 'log-signing', version: 1, created_at: '2026-06-01T08:00:00.000Z' },
          { purpose: 'egress', version: 1, created_at: '2026-06-01T08:00:00.000Z' },
        ]),
      },
      hiding: ['osec', 'rando', 'osec.admin'],
    },
  ]);
});

test('what the log holds and what is signed of it are counted', async () => {
  const { size } = (await world.call({ who: 'operator', method: 'GET', path: '/v1/service' })).body.log;
  await play(world, [
    {
      who: 'osec.admin',
      does: 'POST /v1/members',
      sending: { name: 'Eve', roles: ['analyst'] },
      gets: 201,
      leaves: 'member.added',
    },
    {
      who: 'operator',
      does: 'GET /v1/service',
      gets: 200,
      showing: { log: { size: size + 1, checkpoint_size: null, checkpoint_at: null } },
    },
  ]);
});

test('nobody of a tenant sees how the service is', async () => {
  for (const role of ['admin', 'data-engineer', 'analyst', 'compliance-officer', 'connector'])
    await play(world, [{ who: `osec.${role}`, does: 'GET /v1/service', gets: 'forbidden', leaves: 'access.denied' }]);
});

test('a tenant sees the versions of its own keys, and those of another only where they are shared', async () => {
  const collaboration = { name: 'winter', alias: 'osec', members: [{ tenant_id: '{rando}', alias: 'rando' }] };
  await play(world, [
    {
      who: 'osec.admin',
      does: 'POST /v1/collaborations',
      sending: collaboration,
      gets: 201,
      as: 'winter',
      leaves: 'collaboration.created',
    },
    {
      who: 'osec.admin',
      does: 'GET /v1/keys',
      gets: 200,
      showing: { items: [{ purpose: 'tenant-match', object_id: '{osec}', version: 1 }] },
      hiding: ['rando', 'winter'],
    },
  ]);
  for (const step of ['osec invite', 'rando accept']) {
    const [tenant, verb] = step.split(' ');
    await world.call({
      who: `${tenant}.admin`,
      method: 'POST',
      path: `/v1/collaborations/${world.names.get('winter')}/${verb}`,
    });
  }
  await play(world, [
    {
      who: 'rando.compliance-officer',
      does: 'GET /v1/keys',
      gets: 200,
      showing: {
        items: expect.arrayContaining([
          { purpose: 'tenant-match', object_id: world.names.get('rando'), version: 1, created_at: expect.any(String) },
          {
            purpose: 'collaboration-match',
            object_id: world.names.get('winter'),
            version: 1,
            created_at: expect.any(String),
          },
        ]),
      },
      hiding: ['osec', 'wrapped'],
    },
    { who: 'osec.analyst', does: 'GET /v1/keys', gets: 'forbidden', leaves: 'access.denied' },
  ]);
});

test('folders are weighed with all that is below them, and what is gone weighs nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-sizes-'));
  mkdirSync(join(folder, 'uploads', 'deep'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'ecluse.db'), 'x'.repeat(10));
  writeFileSync(join(folder, 'uploads', 'a'), 'x'.repeat(100));
  writeFileSync(join(folder, 'uploads', 'deep', 'b'), 'x'.repeat(1000));
  expect(await folderSizes(folder)).toEqual([
    { name: 'uploads', bytes: 1100 },
    { name: '.', bytes: 10 },
    { name: 'empty', bytes: 0 },
  ]);
  rmSync(folder, { recursive: true });
});
