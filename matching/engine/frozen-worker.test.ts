// A change of tables is several statements on a cluster, and whoever asks may have lost the right to it between two of them: nothing of
// the rest is sent.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClusterEngine } from './cluster.ts';
import { type ClusterFixture, startCluster } from './cluster-fixture.ts';
import type { Engine } from './engine.ts';

let cluster: ClusterFixture;
let owner: Engine;
/** Statements that the frozen one may still send. */
let left = 0;
let frozen: Engine;

beforeAll(async () => {
  cluster = await startCluster({ shards: 2 });
  owner = await openClusterEngine(cluster);
  frozen = await openClusterEngine({
    ...cluster,
    beforeStatement: async () => {
      if (left-- === 0) throw new Error('taken over');
    },
  });
}, 120_000);

afterAll(async () => {
  await owner?.close();
  await frozen?.close();
  await cluster?.close();
});

const NAME = 'dsv_01aaaaaaaaaaaaaaaaaaaaaaaa_keys';
const TABLE = { name: NAME, columns: { person: 'UInt32' }, orderBy: [], shardBy: 'person' } as const;
const OTHER = { ...TABLE, name: 'dsv_01aaaaaaaaaaaaaaaaaaaaaaaa_people' } as const;

const countOf = async (table: string) => (await owner.query<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]?.n;
const fill = (table: string, rows: number) => owner.command(`INSERT INTO ${table} SELECT number FROM numbers(${rows})`);

test('a drop that is interrupted after one node leaves the tables of the next', async () => {
  await owner.createTable(TABLE);
  left = 2;
  await expect(frozen.dropTable(NAME)).rejects.toThrow('taken over');
  expect(await owner.listTables()).toContain(NAME);
  left = 0;
  await owner.dropTable(NAME);
  await owner.createTable(TABLE);
  await fill(NAME, 1_000);
  await expect(frozen.dropTable(NAME)).rejects.toThrow('taken over');
  expect(await countOf(NAME)).toBe(1_000);
});

test('neither a replacement nor a creation goes on', async () => {
  await owner.createTable(OTHER);
  await fill(OTHER.name, 10);
  left = 0;
  await expect(frozen.replaceTable(NAME, OTHER.name)).rejects.toThrow('taken over');
  expect([await countOf(NAME), await countOf(OTHER.name)]).toEqual([1_000, 10]);
  left = 1;
  await expect(frozen.createTable({ ...TABLE, name: 'dsv_01bbbbbbbbbbbbbbbbbbbbbbbb_keys' })).rejects.toThrow(
    'taken over',
  );
});
