// A node behind a black hole takes what it is sent and never answers: work on it ends within seconds with a clear error instead of
// waiting for an hour, and work that comes after goes to a node that answers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClusterEngine } from './cluster.ts';
import { type ClusterFixture, startCluster } from './cluster-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-silent-'));
let cluster: ClusterFixture;
let hole: Server;
const held = new Set<Socket>();
/** Passes on to the second node until it swallows. */
let swallows = false;

beforeAll(async () => {
  cluster = await startCluster({ shards: 1, copies: 2 });
  hole = createServer((socket) => {
    held.add(socket);
    const onward = connect(Number(new URL(cluster.urls[1] as string).port), '127.0.0.1');
    socket.on('data', (bytes) => void (swallows || onward.write(bytes)));
    onward.on('data', (bytes) => void (swallows || socket.write(bytes)));
    for (const end of [socket, onward]) end.on('error', () => {});
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const socket of held) socket.destroy();
  hole?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

const TABLE = { name: 'dsv_01aaaaaaaaaaaaaaaaaaaaaaaa_keys', columns: { person: 'UInt32' }, orderBy: [] } as const;

/** What became of it: nothing to say, or the code of the error. */
const endOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: { code?: string }) => thrown.code ?? String(thrown),
  );

test('a black hole in the middle of the work ends it clearly, and the next piece of work finds the other node', async () => {
  const urls = [cluster.urls[0] as string, `http://127.0.0.1:${(hole.address() as { port: number }).port}`];
  const engine = await openClusterEngine({ ...cluster, urls });
  await engine.createTable({ ...TABLE, shardBy: 'person' });
  const path = join(folder, 'rows.bin');
  writeFileSync(path, Buffer.alloc(4));
  const insert = () =>
    endOf(engine.insertFile({ table: TABLE.name, columns: TABLE.columns }, { path, format: 'RowBinary' }));
  swallows = true;
  // Files take turns, so that one of two meets the hole, whichever node was first.
  expect([await insert(), await insert()].sort()).toEqual(['done', 'engine_unavailable']);
  // From now on it is passed over, while what must reach every node says so.
  expect([await insert(), await insert(), await insert()]).toEqual(['done', 'done', 'done']);
  expect(await engine.query(`SELECT count() AS n FROM ${TABLE.name}`)).toEqual([{ n: 4 }]);
  expect(await endOf(engine.dropTable(TABLE.name))).toBe('engine_unavailable');
  swallows = false;
  await expect.poll(() => endOf(engine.dropTable(TABLE.name)), { timeout: 60_000 }).toBe('done');
  expect(await engine.listTables()).toEqual([]);
  await engine.close();
}, 120_000);
