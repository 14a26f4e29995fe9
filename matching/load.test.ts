// Rules of loading a partner's file, each on both engines: what is accepted, what is rejected and how it is counted.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { dropDatasetVersion, listEngineTables } from './load.ts';
import { digestOf, idOf, loadFile, storedUpload, uploadOf, withScratch } from './load-fixture.ts';

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map(digestOf) as [string, string, string, string];

const ROWS_WITH_EVERY_FAULT = [
  HEADER,
  `r1,${A},,true,hiking,12.5,2024-02-29,17,advertising`,
  `r2,${A.toUpperCase()},,,,,,,`,
  '',
  `r3,${A.slice(1)},,,,,,,`,
  `,${B},,,,,,,`,
  `r1,${B},,,,,,,`,
  'r4,,,,,,,,',
  `r5,${B},,maybe,,,,,`,
  `r6,${B},,,,,2023-02-29,,`,
  `r7,${B},,,,,,,spam`,
  `r8,${B},,,,,,-4,`,
  `r9,${B}`,
  `  ,${B},,,,,,,`,
  `r10,${B},${C},no,"climbing, ""indoor""",-1e3,1999-12-31,,"measurement;advertising@xandr"`,
];

describe.each(ENGINE_KINDS)('a load into the %s engine', (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let count = 0;
  const nextVersion = () => idOf('dsv', String(++count));
  const people = (version: string) =>
    engine.query<Record<string, unknown>>(`SELECT * FROM ${version}_people ORDER BY person`);

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  test('every row is accepted or rejected, with its number, field and code in file order', async () => {
    const version = nextVersion();
    const { outcome, rejects } = await loadFile(engine, uploadOf(`${ROWS_WITH_EVERY_FAULT.join('\r\n')}\r\n`), {
      version,
    });
    expect(rejects.map(({ row, field, code }) => [row, field, code])).toEqual([
      [2, 'email', 'digest_uppercase'],
      [3, 'email', 'digest_malformed'],
      [4, 'id', 'record_id_missing'],
      [5, 'id', 'record_id_duplicate'],
      [6, null, 'no_identifier'],
      [7, 'member', 'attribute_invalid'],
      [8, 'last_visit', 'attribute_invalid'],
      [9, 'purposes', 'consent_invalid'],
      [10, 'xandr_id', 'activation_id_invalid'],
      [11, null, 'column_count'],
      [12, 'id', 'record_id_missing'],
    ]);
    expect(outcome).toMatchObject({ received: 13, accepted: 2, persons: 2, keysByType: { email: 2, phone: 1 } });
    expect(outcome.rejected).toMatchObject({ digest_uppercase: 1, attribute_invalid: 2, column_count: 1 });
    expect(Object.values(outcome.rejected).reduce((sum, n) => sum + n, outcome.accepted)).toBe(outcome.received);
    expect(await people(version)).toMatchObject([
      { person: 0, a_0: 1, a_1: 'hiking', a_2: 12.5, a_3: '2024-02-29' },
      { person: 1, a_0: 0, a_1: 'climbing, "indoor"', a_2: -1000, a_3: '1999-12-31' },
    ]);
    expect(outcome.consentClasses.map(({ id, grants }) => [id, grants])).toEqual([
      [0, []],
      [1, [{ purpose: 'advertising', destinations: [] }]],
      [
        2,
        [
          { purpose: 'advertising', destinations: ['xandr'] },
          { purpose: 'measurement', destinations: [] },
        ],
      ],
    ]);
  });

  test('rows that share a key are one person, whose consent is what all its records agree on', async () => {
    const rows = [
      HEADER,
      `r1,${A},,true,hiking,1,2020-01-01,11,advertising;measurement`,
      `r2,${B},,FALSE,sailing,7.,,,advertising`,
      `r3,,${C},false,,5.00,2021-01-01,12,advertising;analytics`,
      `r4,${A},${C},,climbing,,,,analytics;advertising`,
    ];
    const version = nextVersion();
    const { outcome } = await loadFile(engine, uploadOf(rows.join('\n')), { version });
    expect(outcome).toMatchObject({ accepted: 4, persons: 2, keysByType: { email: 2, phone: 1 } });
    const [first, second] = await people(version);
    expect(first).toMatchObject({ a_0: 1, a_1: 'climbing', a_2: 5, a_3: '2021-01-01' });
    expect(second).toMatchObject({ a_0: 0, a_1: 'sailing', a_2: 7, a_3: null });
    const consent = outcome.consentClasses.find(({ id }) => id === first?.consent_class);
    expect(consent?.grants).toEqual([{ purpose: 'advertising', destinations: [] }]);
    const ids = await engine.query(`SELECT person, column, id FROM ${version}_activation ORDER BY id`);
    expect(ids).toEqual([
      { person: 0, column: 7, id: '11' },
      { person: 0, column: 7, id: '12' },
    ]);
  });

  test('an upsert replaces the rows of the same record id and keeps the others', async () => {
    const [before, after] = [nextVersion(), nextVersion()];
    const first = [HEADER, `r1,${A},,1,hiking,1,2020-01-01,11,advertising@xandr`, `r2,${B},${C},0,,2,,12,`];
    await loadFile(engine, uploadOf(first.join('\n')), { version: before });
    const second = [HEADER, `r2,${D},,1,sailing,3,2022-02-02,13,analytics`];
    const options = { version: after, previousVersion: before, mode: 'upsert' } as const;
    const { outcome } = await loadFile(engine, uploadOf(second.join('\n')), options);
    expect(outcome).toMatchObject({ received: 1, accepted: 1, records: 2, persons: 2, keysByType: { email: 2 } });
    expect((await people(after)).map(({ a_1, a_2, a_3 }) => [a_1, a_2, a_3])).toEqual([
      ['sailing', 3, '2022-02-02'],
      ['hiking', 1, '2020-01-01'],
    ]);
    const grants = outcome.consentClasses.flatMap((consent) => consent.grants);
    expect(grants).toContainEqual({ purpose: 'advertising', destinations: ['xandr'] });
    const ids = await engine.query<{ id: string }>(`SELECT id FROM ${after}_activation ORDER BY id`);
    expect(ids.map(({ id }) => id)).toEqual(['11', '13']);
  });

  test('what comes along from the version before keeps every byte of its keys, zeros at the end as well', async () => {
    const [before, after, last] = [nextVersion(), nextVersion(), nextVersion()];
    const rows = Array.from({ length: 2_000 }, (_, n) => `r${n},${digestOf(`email ${n}`)},,,,,,,`);
    await loadFile(engine, uploadOf([HEADER, ...rows].join('\n')), { version: before });
    const keys = (version: string) =>
      engine.query<{ k: string }>(`SELECT lower(hex(match_key)) AS k FROM ${version}_keys ORDER BY k`);
    const held = await keys(before);
    expect(held.filter(({ k }) => k.endsWith('00')).length).toBeGreaterThan(0);
    const same = uploadOf([HEADER, ...rows.slice(0, 1_000)].join('\n'));
    const options = { version: after, previousVersion: before, mode: 'upsert' } as const;
    expect((await loadFile(engine, same, options)).outcome).toMatchObject({ records: 2_000, persons: 2_000 });
    expect(await keys(after)).toEqual(held);
    const again = { version: last, previousVersion: after, mode: 'upsert' } as const;
    const { outcome } = await loadFile(engine, uploadOf([HEADER, ...rows].join('\n')), again);
    expect(outcome).toMatchObject({ records: 2_000, persons: 2_000 });
    expect(await keys(last)).toEqual(held);
  });

  test('a delete removes rows by record id or by identifier', async () => {
    const [before, byId, byKey] = [nextVersion(), nextVersion(), nextVersion()];
    const first = [HEADER, `r1,${A},,,,,,,`, `r2,${B},${C},,,,,,`, `r3,${D},,,,,,,`];
    await loadFile(engine, uploadOf(first.join('\n')), { version: before });
    const deleting = { previousVersion: before, mode: 'delete' } as const;
    const one = await loadFile(engine, uploadOf('id\nr1\nr9\n'), { ...deleting, version: byId });
    expect(one.outcome).toMatchObject({ received: 2, accepted: 2, persons: 2, keysByType: { email: 2, phone: 1 } });
    const two = await loadFile(engine, uploadOf(`phone,email\n${C},\n,${D}\n`), { ...deleting, version: byKey });
    expect(two.outcome).toMatchObject({ accepted: 2, records: 1, persons: 1, keysByType: { email: 1 } });
  });

  test('events of one record id are one person where the schema has an event time', async () => {
    const schema = {
      name: 'events',
      columns: {
        id: { role: 'record-id' },
        email: { role: 'identifier', type: 'email' },
        seen: { role: 'event-time' },
        page: { role: 'attribute', kind: 'category' },
      },
    } as const;
    const rows = [
      'id,email,seen,page',
      `v1,${A},2024-05-02T10:00:00Z,tents`,
      `v1,${B},2024-05-01,boots`,
      `v2,${C},nonsense,`,
    ];
    const version = nextVersion();
    const { outcome, rejects } = await loadFile(engine, uploadOf(rows.join('\n')), { version, schema });
    expect(outcome).toMatchObject({ accepted: 2, persons: 1 });
    expect(rejects).toMatchObject([{ row: 3, field: 'seen', code: 'event_time_invalid' }]);
    expect(await people(version)).toMatchObject([{ a_0: 'tents' }]);
  });

  test.each(['gzip', 'zstd'] as const)('a %s file of several members loads to its end', async (compression) => {
    const compress = compression === 'gzip' ? gzipSync : zstdCompressSync;
    const members = [`${HEADER}\nr1,${A},,,,,,,\nr2,`, `${B},,,,,,,\n`, ''].map((text) => compress(Buffer.from(text)));
    const { outcome } = await loadFile(engine, storedUpload(Buffer.concat(members), { compression }), {
      version: nextVersion(),
    });
    expect(outcome).toMatchObject({ received: 2, accepted: 2 });
  });

  test.each(['gzip', 'zstd'] as const)(
    'a %s file and one with a byte order mark load like the plain one',
    async (compression) => {
      const version = nextVersion();
      const rows = [HEADER, `r1,${A},,,,,,,`, `"r2",${B},,,"two\nlines",,,,`];
      const { outcome, rejects } = await loadFile(engine, uploadOf(`\uFEFF${rows.join('\n')}`, { compression }), {
        version,
      });
      expect(outcome).toMatchObject({ received: 2, accepted: 1 });
      expect(rejects).toMatchObject([{ row: 2, field: 'activity', code: 'attribute_invalid' }]);
    },
  );

  test('NDJSON gives the same tables as CSV, large ids included', async () => {
    const version = nextVersion();
    const lines = [
      JSON.stringify({ id: 1, email: A, member: true, spend: 2.5, activity: 'été' }),
      `{"id":"2","email":"${B}","xandr_id":9007199254740993}`,
      '{"id":"3"',
      '{"id":"4","email":["x"]}',
    ];
    const source = uploadOf(lines.join('\n'), { format: 'ndjson' });
    const { outcome, rejects } = await loadFile(engine, source, { version });
    expect(outcome).toMatchObject({ received: 4, accepted: 2, persons: 2 });
    expect(rejects.map(({ row, code }) => [row, code])).toEqual([
      [3, 'line_malformed'],
      [4, 'line_malformed'],
    ]);
    expect(await people(version)).toMatchObject([{ a_0: 1, a_1: 'été', a_2: 2.5 }, { a_0: null }]);
    const ids = await engine.query(`SELECT id FROM ${version}_activation`);
    expect(ids).toEqual([{ id: '9007199254740993' }]);
  });

  test('Parquet gives the same rows as CSV, in file order', async () => {
    const version = nextVersion();
    const { outcome, rejects } = await loadFile(engine, uploadOf(await parquetFile(), { format: 'parquet' }), {
      version,
      schema: PARQUET_SCHEMA,
    });
    expect(outcome).toMatchObject({ received: 70_000, accepted: 69_999, persons: 69_999 });
    expect(rejects).toMatchObject([{ row: 68_001, field: 'email', code: 'digest_malformed' }]);
    const [row] = await engine.query(`SELECT a_0, a_1 FROM ${version}_people WHERE person = 5`);
    expect(row).toEqual({ a_0: 2.5, a_1: '2024-01-06' });
  }, 120_000);

  test('the tables of a version can be listed and dropped', async () => {
    const version = nextVersion();
    await loadFile(engine, uploadOf(`${HEADER}\nr1,${A},,,,,,,`), { version });
    const owned = async () => (await listEngineTables(engine)).filter(({ owner }) => owner === version);
    expect(await owned()).toHaveLength(kind === 'embedded' ? 5 : 4);
    await dropDatasetVersion(engine, version);
    expect(await owned()).toEqual([]);
  });
});

const PARQUET_SCHEMA = {
  name: 'parquet',
  columns: {
    email: { role: 'identifier', type: 'email' },
    spend: { role: 'attribute', kind: 'number' },
    seen: { role: 'attribute', kind: 'date' },
  },
} as const;

/** Written by the embedded engine of a child, for this process may have another data folder open. */
async function parquetFile(): Promise<Buffer> {
  return withScratch(async (folder) => {
    const path = join(folder, 'people.parquet');
    const sql = `INSERT INTO FUNCTION file('${path}', 'Parquet') SELECT
      if(number = 68000, 'not a digest', lower(hex(SHA256(toString(number))))) AS email,
      number / 2 AS spend, toDate('2024-01-01') + number % 30 AS seen FROM numbers(70000) ORDER BY number`;
    const program = `import { Session } from 'chdb'; new Session(${JSON.stringify(join(folder, 'engine'))}).query(${JSON.stringify(sql)})`;
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname });
    return readFile(path);
  });
}
