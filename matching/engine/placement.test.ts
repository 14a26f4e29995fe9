// On shards with copies: every row lies where its own bytes place it however it came there, matching joins it there and nowhere else,
// and a copy that is away keeps nobody from reading.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCandidates } from '../candidates.ts';
import {
  contributeLoaded,
  digestOf,
  idOf,
  keyOf,
  loadFile,
  PEOPLE_SCHEMA,
  uploadOf,
  withScratch,
} from '../load-fixture.ts';
import { rotateCollaborationKey, rotateTenantKey } from '../rotate.ts';
import { openClusterEngine } from './cluster.ts';
import { type ClusterFixture, startCluster } from './cluster-fixture.ts';
import type { Engine } from './engine.ts';

const PERSONS = 200;
const TYPES = ['email', 'phone'] as const;
const [VERSIONS, CONTRIBUTIONS] = ['dsv', 'con'].map((prefix) => [idOf(prefix, '1'), idOf(prefix, '2')]) as [
  [string, string],
  [string, string],
];

let cluster: ClusterFixture;
let engine: Engine;

beforeAll(async () => {
  cluster = await startCluster({ shards: 2, copies: 2 });
  engine = await openClusterEngine(cluster);
  const header = Object.keys(PEOPLE_SCHEMA.columns).join(',');
  for (const [side, version] of VERSIONS.entries()) {
    const rows = Array.from(
      { length: PERSONS },
      (_, n) => `r${n},${digestOf(`person ${n}`)},${digestOf(`+${side} ${n}`)},,,,,${n + 1},`,
    );
    const tenantKey = keyOf(version);
    await loadFile(engine, uploadOf([header, ...rows].join('\n')), { version, tenantKey });
    const contribution = CONTRIBUTIONS[side] as string;
    const keys = { tenantKey, collaborationKey: keyOf('collaboration') };
    await contributeLoaded(engine, { version, contribution, types: [...TYPES], ...keys });
  }
}, 120_000);

afterAll(async () => {
  await engine?.close();
  await cluster?.close();
});

/** Asked of each node, of the rows on its own disk: how many lie there, and how many belong to another shard. */
async function expectPlaced(owner: string): Promise<void> {
  const rowsOf: number[] = [];
  for (const [index, url] of cluster.urls.entries()) {
    const shard = Math.floor(index / 2);
    const headers = { 'x-clickhouse-user': cluster.user, 'x-clickhouse-key': cluster.password };
    const body = `SELECT count(), countIf(reinterpretAsUInt64(match_key) % 2 != ${shard}) FROM ${owner}_keys_local`;
    const [rows = '', astray] = (await (await fetch(url, { method: 'POST', body, headers })).text()).trim().split('\t');
    expect(astray, `rows of ${owner} on a wrong shard, node ${index + 1}`).toBe('0');
    rowsOf.push(Number(rows));
  }
  // Both copies of a shard hold the same, and the shards together hold everything.
  expect(rowsOf[0]).toBe(rowsOf[1]);
  expect(rowsOf[2]).toBe(rowsOf[3]);
  expect((rowsOf[0] ?? 0) + (rowsOf[2] ?? 0)).toBe(PERSONS * TYPES.length);
}

const matched = () =>
  withScratch(async (scratchDir) =>
    (await findCandidates(engine, { ...SIDES, scratchDir }, TYPES)).map(({ left }) => left.length),
  );
const SIDES = { left: CONTRIBUTIONS[0], right: CONTRIBUTIONS[1] };

test('keys lie on the shard that their own bytes name: loaded, contributed, and under a new key', async () => {
  for (const owner of [...VERSIONS, ...CONTRIBUTIONS]) await expectPlaced(owner);
  const commit = async () => {};
  await rotateTenantKey(engine, {
    owners: [VERSIONS[0]],
    oldKey: keyOf(VERSIONS[0]),
    newKey: keyOf('next'),
    commit,
  });
  const collaboration = { oldKey: keyOf('collaboration'), newKey: keyOf('next collaboration'), commit };
  await rotateCollaborationKey(engine, { contributions: CONTRIBUTIONS, ...collaboration });
  for (const owner of [...VERSIONS, ...CONTRIBUTIONS]) await expectPlaced(owner);
});

test('matching finds every pair, and has each shard join what lies there', async () => {
  expect(await matched()).toEqual([PERSONS, 0]);
  const logs = await Promise.all(cluster.nodes.map(({ logFile }) => readFile(logFile, 'latin1')));
  // What one node asked of another: a join of the other's own tables, and no keys to be joined elsewhere.
  const asked = logs
    .flatMap((log) => log.split('\n'))
    .filter((line) => /initial_query_id/.test(line) && line.includes(`${SIDES.left}_keys_local`))
    .filter((line) => line.includes(`${SIDES.right}_keys_local`));
  expect(asked.length).toBeGreaterThan(0);
  for (const line of asked) expect(line).toContain(' JOIN ');
});

test('a colocated join looks at its own shard alone, so that rows placed otherwise do not meet', async () => {
  const scattered = 'con_01ssssssssssssssssssssssss_keys';
  const columns = { match_key: 'FixedString(16)', person: 'UInt32' };
  await engine.createTable({ name: scattered, columns, orderBy: [], shardBy: 'person' });
  await engine.command(`INSERT INTO ${scattered} SELECT match_key, person FROM ${SIDES.left}_keys WHERE type = 1`);
  const sql = `SELECT count() AS n FROM ${SIDES.left}_keys AS l INNER JOIN ${scattered} AS r ON l.match_key = r.match_key`;
  const [own] = await engine.query<{ n: number }>(sql, {}, { join: 'colocated' });
  expect(await engine.query(sql)).toEqual([{ n: PERSONS }]);
  expect(own?.n).toBeGreaterThan(0);
  expect(own?.n).toBeLessThan(PERSONS);
  await engine.dropTable(scattered);
});

test('while a copy is away everything can be read from any node, what is written fails clearly, and works when it is back', async () => {
  const scratch = { name: 'mat_01tttttttttttttttttttttttt_pairs', columns: { person: 'UInt32' }, orderBy: [] };
  const write = async () => {
    await engine.dropTable(scratch.name);
    await engine.createTable({ ...scratch, shardBy: 'person' });
  };
  await cluster.nodes[1]?.kill();
  // Several engines begin at different nodes, the dead one among them.
  for (let round = 0; round < 8; round += 1) {
    const another = await openClusterEngine(cluster);
    const streamed: unknown[] = [];
    for await (const rows of another.stream(`SELECT person FROM ${VERSIONS[0]}_keys`)) streamed.push(...rows);
    expect(streamed).toHaveLength(PERSONS * TYPES.length);
    expect(await another.query(`SELECT count() AS n FROM ${VERSIONS[1]}_keys`)).toEqual([
      { n: PERSONS * TYPES.length },
    ]);
    await another.close();
  }
  expect(await matched()).toEqual([PERSONS, 0]);
  await expect(write()).rejects.toMatchObject({ code: 'engine_unavailable' });
  await cluster.nodes[1]?.start();
  // Asked for again as a job is: neighbours take a moment to believe that the copy is back.
  await expect.poll(() => write().then(() => 'written', String), { timeout: 60_000 }).toBe('written');
  expect(await engine.query(`SELECT count() AS n FROM ${scratch.name}`)).toEqual([{ n: 0 }]);
}, 120_000);
