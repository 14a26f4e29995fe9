// The contract of the engine, run on both adapters: whatever a step relies on is proven here for either.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, NativeFile } from '../kernel/native-file.ts';
import { openClusterEngine } from './cluster.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine.ts';
import { ENGINE_FORMS, openTestEngine, type TestEngine } from './test-engine.ts';

const LEFT = 'con_01aaaaaaaaaaaaaaaaaaaaaaaa_keys';
const RIGHT = 'con_01bbbbbbbbbbbbbbbbbbbbbbbb_keys';
const COLUMNS = { match_key: 'FixedString(16)', person: 'UInt32' };

describe.each(ENGINE_FORMS)('the engine as %s', (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let scratch: string;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    scratch = await mkdtemp(join(tmpdir(), 'ecluse-engine-'));
    for (const name of [LEFT, RIGHT]) {
      await engine.createTable({ name, columns: COLUMNS, orderBy: [], shardBy: 'match_key' });
      await engine.command(
        `INSERT INTO ${name} SELECT toFixedString(substring(SHA256(toString(number)), 1, 16), 16), number FROM numbers(1000)`,
      );
    }
  });

  afterAll(async () => {
    await opened.close();
    await rm(scratch, { recursive: true, force: true });
  });

  test('a bound value comes back as it went in', async () => {
    const value = `it's \\ "quoted"\n\t{x:String}; DROP TABLE é`;
    expect(await engine.query('SELECT {value:String} AS value', { value })).toEqual([{ value }]);
  });

  test('lists come back as they went in, whatever their texts hold', async () => {
    const texts = ["it's", 'a\\b', 'tab\there', 'line\nend', '[x, y]', '', 'é\u0000z'];
    const sql = 'SELECT {texts:Array(String)} AS texts, {numbers:Array(UInt32)} AS numbers, {yes:Bool} AS yes';
    const params = { texts, numbers: [1, 4_000_000_000], yes: true };
    expect(await engine.query(sql, params)).toEqual([{ ...params, yes: true }]);
  });

  test('a failure in the middle of a result is a failure, not a shorter result', async () => {
    const sql = 'SELECT number, throwIf(number = 900000) AS zero FROM numbers(1000000)';
    await expect(engine.query(sql)).rejects.toBeInstanceOf(EngineError);
    const read = async (blocks: AsyncIterable<unknown>) => {
      for await (const _ of blocks);
    };
    await expect(read(engine.streamBinary(sql))).rejects.toBeInstanceOf(EngineError);
    await expect(read(engine.stream(sql))).rejects.toBeInstanceOf(EngineError);
  });

  test('a table takes the place of another, and a second call finds it done', async () => {
    const [old, next] = ['dsv_01eeeeeeeeeeeeeeeeeeeeeeee_keys', 'dsv_01eeeeeeeeeeeeeeeeeeeeeeee_keys_next'];
    for (const [name, rows] of [
      [old, 100],
      [next, 300],
    ] as const) {
      await engine.createTable({ name, columns: { person: 'UInt32' }, orderBy: [], shardBy: 'person' });
      await engine.command(`INSERT INTO ${name} SELECT number FROM numbers({rows:UInt32})`, { rows });
    }
    await engine.replaceTable(old, next);
    await engine.replaceTable(old, next);
    expect(await engine.query(`SELECT count() AS n FROM ${old}`)).toEqual([{ n: 300 }]);
    expect(await engine.listTables()).not.toContain(next);
    await engine.dropTable(old);
  });

  test('64-bit counts are numbers and a left join without a partner gives null', async () => {
    const rows = await engine.query(
      'SELECT toUInt64(5) AS n, b.x AS x FROM (SELECT 1 AS a) AS l LEFT JOIN (SELECT 2 AS a, 3 AS x) AS b ON l.a = b.a',
    );
    expect(rows).toEqual([{ n: 5, x: null }]);
  });

  test('tables sharded by the joined column give the same pairs joined shard by shard or gathered', async () => {
    const sql = `SELECT count() AS n, sum(l.person) AS persons FROM ${LEFT} AS l INNER JOIN ${RIGHT} AS r ON l.match_key = r.match_key`;
    const expected = [{ n: 1000, persons: 499_500 }];
    expect(await engine.query(sql, {}, { join: 'colocated' })).toEqual(expected);
    expect(await engine.query(sql)).toEqual(expected);
  });

  test('a gathered join is right for tables placed by different columns', async () => {
    const name = 'mat_01cccccccccccccccccccccccc_pairs';
    await engine.createTable({ name, columns: { left_person: 'UInt32' }, orderBy: [], shardBy: 'left_person' });
    await engine.command(`INSERT INTO ${name} SELECT number * 2 FROM numbers(600)`);
    const sql = `SELECT count() AS n FROM ${LEFT} AS l INNER JOIN ${name} AS r ON l.person = r.left_person`;
    expect(await engine.query(sql)).toEqual([{ n: 500 }]);
    await engine.dropTable(name);
    expect(await engine.listTables()).not.toContain(name);
  });

  test('a stream yields every row, and two streams may be open at once', async () => {
    const read = async () => {
      let rows = 0;
      for await (const block of engine.stream<{ n: number }>('SELECT number AS n FROM numbers(150000)')) {
        rows += block.length;
      }
      return rows;
    };
    expect(await Promise.all([read(), read()])).toEqual([150_000, 150_000]);
  });

  test('a stream goes on while other queries run', async () => {
    let rows = 0;
    const stream = async () => {
      for await (const block of engine.stream<{ n: number }>('SELECT number AS n FROM numbers(150000)')) {
        rows += block.length;
        await engine.query('SELECT 1 AS one');
      }
    };
    const query = () => engine.query('SELECT count() AS n FROM numbers(1000000)');
    await Promise.all([stream(), query(), stream(), query(), query()]);
    expect(rows).toBe(300_000);
  });

  test('a stream without rows ends at once, and one that is left early leaves nothing behind', async () => {
    for await (const block of engine.stream('SELECT 1 AS n WHERE 0')) expect(block).toEqual([]);
    for await (const block of engine.stream<{ n: number }>('SELECT number AS n FROM numbers(500000)')) {
      expect(block[0]).toEqual({ n: 0 });
      break;
    }
    expect(await engine.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a binary stream holds the bytes of the rows', async () => {
    const blocks: Uint8Array[] = [];
    for await (const block of engine.streamBinary(
      'SELECT toUInt32(number) FROM numbers({rows:UInt32}) ORDER BY number',
      {
        rows: 100_000,
      },
    )) {
      blocks.push(Uint8Array.from(block));
    }
    const bytes = Buffer.concat(blocks);
    expect(bytes.length).toBe(400_000);
    expect(bytes.readUInt32LE(4 * 77_777)).toBe(77_777);
  });

  test('a file of fixed-width rows is inserted byte for byte', async () => {
    const name = 'dsv_01dddddddddddddddddddddddd_keys';
    await engine.createTable({ name, columns: COLUMNS, orderBy: [], shardBy: 'match_key' });
    const row = Buffer.alloc(20);
    Buffer.from('00ff0a0d27225c5c1a1b7f80fefd2c00', 'hex').copy(row);
    row.writeUInt32LE(4_000_000_000, 16);
    const path = join(scratch, 'rows.bin');
    await writeFile(path, row);
    await engine.insertFile({ table: name, columns: COLUMNS }, { path, format: 'RowBinary' });
    expect(await engine.query(`SELECT lower(hex(match_key)) AS k, person FROM ${name}`)).toEqual([
      { k: '00ff0a0d27225c5c1a1b7f80fefd2c00', person: 4_000_000_000 },
    ]);
    await engine.dropTable(name);
  });

  test('a file that is adopted is the table, survives a new name, and is gone with it', async () => {
    const [name, renamed] = ['dsv_01eeeeeeeeeeeeeeeeeeeeeeee_keys', 'dsv_01eeeeeeeeeeeeeeeeeeeeeeee_keys_next'];
    const path = join(scratch, 'adopted.native');
    const file = await NativeFile.create(path);
    const persons = Uint32Array.from({ length: 1000 }, (_, n) => n);
    await file.write(1000, [
      { name: 'match_key', type: 'FixedString(16)', data: [new Uint8Array(16_000).fill(7)] },
      { name: 'person', type: 'UInt32', data: [bytesOf(persons)] },
    ]);
    await file.close();
    await engine.adoptFile({ name, columns: COLUMNS, orderBy: [], shardBy: 'person' }, { path, rows: 1000 });
    await expect(stat(path)).rejects.toThrow('ENOENT');
    const facts = async (table: string) =>
      engine.query(`SELECT count() AS n, sum(person) AS s, uniqExact(match_key) AS k FROM ${table}`);
    expect(await facts(name)).toEqual([{ n: 1000, s: 499_500, k: 1 }]);
    await engine.createTable({ name: renamed, columns: COLUMNS, orderBy: [], shardBy: 'person' });
    await engine.replaceTable(renamed, name);
    expect(await facts(renamed)).toEqual([{ n: 1000, s: 499_500, k: 1 }]);
    const held = await engine.findFile(renamed);
    expect(held === undefined).toBe(kind !== 'embedded');
    await engine.dropTable(renamed);
    if (held !== undefined) await expect(stat(held)).rejects.toThrow('ENOENT');
  });

  test('an adopted file without a row is an empty table', async () => {
    const name = 'dsv_01ffffffffffffffffffffffff_keys';
    const path = join(scratch, 'empty.native');
    await writeFile(path, '');
    await engine.adoptFile({ name, columns: COLUMNS, orderBy: [], shardBy: 'person' }, { path, rows: 0 });
    expect(await engine.query(`SELECT count() AS n FROM ${name}`)).toEqual([{ n: 0 }]);
    await engine.dropTable(name);
  });

  test('an error is a small code and repeats neither SQL nor bound values', async () => {
    const failed = engine.query(`SELECT * FROM con_nowhere WHERE match_key = {key:String}`, { key: 'very-secret' });
    const error = await failed.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe('table_missing');
    expect(`${error}${(error as Error).stack}${(error as Error).cause}`).not.toMatch(/very-secret|SELECT/);
  });

  test('a table named by anything but an id is refused before any SQL is made', async () => {
    const name = 'x; DROP TABLE y';
    await expect(engine.createTable({ name, columns: COLUMNS, orderBy: [], shardBy: 'person' })).rejects.toThrow(
      'not the name of an engine table',
    );
  });
});

test('what runs under a tag is ended from elsewhere, and nothing else is', { timeout: 60_000 }, async () => {
  const { engine, fixture, close } = await openTestEngine('server');
  if (fixture === undefined) throw new Error('a server has a fixture');
  const tagged = await openClusterEngine({ ...fixture, tagOf: () => 'job_a.1' });
  const sql = 'SELECT sum(sleepEachRow(0.1)) AS slept FROM numbers(100) SETTINGS max_block_size = 1';
  const ended = tagged.query(sql).then(
    () => 'ran to its end',
    (thrown: unknown) => thrown,
  );
  const spared = engine.query('SELECT sum(sleepEachRow(0.1)) AS slept FROM numbers(10) SETTINGS max_block_size = 1');
  await delay(500);
  await engine.cancelTagged('job_ab');
  await engine.cancelTagged('job_a');
  expect(await ended).toBeInstanceOf(EngineError);
  expect(await spared).toHaveLength(1);
  await tagged.close();
  await close();
});

test('a cluster of which a node is not named is refused, with what to mend', async () => {
  const { fixture, close } = await openTestEngine('cluster');
  if (fixture === undefined) throw new Error('a cluster has a fixture');
  const [first = '', second = ''] = fixture.urls;
  const open = (urls: string[], cluster = fixture.cluster) => openClusterEngine({ ...fixture, urls, cluster });
  await expect(open([first])).rejects.toThrow('cluster_incomplete: ecluse_test has 2 nodes');
  await expect(open([first, first])).rejects.toThrow('name each of them once');
  await expect(open([first, second], 'elsewhere')).rejects.toThrow('cluster_unknown');
  await expect(openClusterEngine({ ...fixture, password: 'wrong' })).rejects.toThrow(EngineError);
  await close();
});

test('the cluster spreads the rows of one table over both shards', async () => {
  const { engine, close } = await openTestEngine('cluster');
  await engine.createTable({ name: LEFT, columns: COLUMNS, orderBy: [], shardBy: 'match_key' });
  await engine.command(
    `INSERT INTO ${LEFT} SELECT toFixedString(substring(SHA256(toString(number)), 1, 16), 16), number FROM numbers(1000)`,
  );
  const [here] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${LEFT}_local`);
  await close();
  expect(here?.n).toBeGreaterThan(400);
  expect(here?.n).toBeLessThan(600);
});

test('no engine source concatenates a key into SQL', async () => {
  const source = await readFile(join(import.meta.dirname, 'embedded.ts'), 'utf8');
  expect(source).not.toMatch(/\$\{[^}]*[kK]ey[^}]*\}/);
});
