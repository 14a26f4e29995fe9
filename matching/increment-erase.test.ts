// What a version shares with the one before is no hiding place: whoever was erased, or replaced and then erased, is in no file, and a
// rotation leaves no key under the old one.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { found } from './erase/erase-fixture.ts';
import type { ErasureScope } from './erase/erasure.ts';
import { dropErasureTables } from './erase/erasure-tables.ts';
import { eraseFoundPersons, findPersonsToErase } from './erase.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import { dropDatasetVersion } from './load.ts';
import { digestOf, idOf, keyOf, loadFile, TENANT_KEY, uploadOf, withScratch } from './load-fixture.ts';
import { rotateTenantKey } from './rotate.ts';

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';
const [FIRST, SECOND, THIRD, DATASET] = [idOf('dsv', '1'), idOf('dsv', '2'), idOf('dsv', '3'), idOf('dts', '1')];
const PEOPLE = Array.from(
  { length: 400 },
  (_, n) => `r${n},${digestOf(`e${n}`)},,,hobby-of-${n}-only,,,${n + 7_000_000},`,
);

let opened: TestEngine;
let engine: Engine;

beforeEach(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
  await loadFile(engine, uploadOf([HEADER, ...PEOPLE].join('\n')), { version: FIRST });
  // Number 1 gets another email and another hobby, number 2 a second record; number 900 is new.
  const file = [
    HEADER,
    `r1,${digestOf('e1-later')},,,hobby-of-1-later,,,,`,
    `r2b,${digestOf('e2')},,,,,,,`,
    `r900,${digestOf('e900')},,,,,,,`,
  ];
  await loadFile(engine, uploadOf(file.join('\n')), { version: SECOND, previousVersion: FIRST, mode: 'upsert' });
  await dropDatasetVersion(engine, FIRST);
});
afterEach(() => opened.close());

const keyOfEmail = (name: string, key = TENANT_KEY) =>
  encryptBlocks(key, Buffer.from(digestOf(name).slice(0, 32), 'hex'));
const keyOfRecord = (id: string, key = TENANT_KEY) => {
  const block = Buffer.alloc(16);
  block.write(`${id}\x80`, 'latin1');
  return encryptBlocks(key, block);
};

const scope: ErasureScope = {
  erasure: idOf('del', '1'),
  versions: [{ version: SECOND, dataset: DATASET, recordIdPlace: 0 }],
  contributions: [],
  matches: [],
  audiences: [],
  suppressionLists: [],
  untold: [],
};

async function erase(named: { key: Uint8Array; dataset: string | undefined }[]): Promise<number> {
  return withScratch(async (scratchDir) => {
    await findPersonsToErase(engine, { scope, named, maxPersons: 10, scratchDir });
    const { persons } = await eraseFoundPersons(engine, scope);
    await dropErasureTables(engine, scope.erasure);
    return persons;
  });
}

test('an upsert of few rows shares the files of the version before, which may go', async () => {
  expect((await engine.layered?.find(`${SECOND}_people`))?.origin).toBe(FIRST);
  const rows = await engine.query(`SELECT count() AS n, uniqExact(person) AS p FROM ${SECOND}_records`);
  expect(rows).toEqual([{ n: 402, p: 401 }]);
  expect(await engine.query(`SELECT count() AS n FROM ${SECOND}_people WHERE a_1 = 'hobby-of-1-only'`)).toEqual([
    { n: 0 },
  ]);
});

test('a person of the shared files who is erased is in no file any more', async () => {
  const needles = [keyOfEmail('e5'), keyOfRecord('r5'), Buffer.from('hobby-of-5-only'), Buffer.from('7000005')];
  expect((await found(opened.dataDirs, needles)).length).toBeGreaterThan(0);
  expect(await erase([{ key: keyOfEmail('e5'), dataset: undefined }])).toBe(1);
  expect(await found(opened.dataDirs, needles)).toEqual([]);
});

test('what an upsert replaced goes with the person, though no key leads there any more', async () => {
  const replaced = [keyOfEmail('e1'), Buffer.from('hobby-of-1-only')];
  expect(await erase([{ key: keyOfRecord('r1'), dataset: DATASET }])).toBe(1);
  expect(await found(opened.dataDirs, [...replaced, keyOfEmail('e1-later'), Buffer.from('hobby-of-1-later')])).toEqual(
    [],
  );
  const [left] = await engine.query<{ n: number }>(`SELECT uniqExact(person) AS n FROM ${SECOND}_keys`);
  expect(left?.n).toBe(400);
});

test('a rotation writes shared keys anew as well, and the next upsert reads everything', async () => {
  const next = keyOf('next');
  await rotateTenantKey(engine, { owners: [SECOND], oldKey: TENANT_KEY, newKey: next, commit: async () => {} });
  const old = [keyOfEmail('e5'), keyOfEmail('e1'), keyOfEmail('e900'), keyOfRecord('r5')];
  expect(await found(opened.dataDirs, old)).toEqual([]);
  const options = { version: THIRD, previousVersion: SECOND, mode: 'upsert', tenantKey: next } as const;
  const { outcome } = await loadFile(engine, uploadOf(`${HEADER}\nr5,${digestOf('e5-later')},,,,,,,`), options);
  expect(outcome).toMatchObject({ records: 402, persons: 401 });
  expect(await found(opened.dataDirs, old)).toEqual([]);
});

test('a delete reads everything, so that what it names is in no file of the new version', async () => {
  const options = { version: THIRD, previousVersion: SECOND, mode: 'delete' } as const;
  const { outcome } = await loadFile(engine, uploadOf('id\nr5\nr1\n'), options);
  await dropDatasetVersion(engine, SECOND);
  expect(outcome).toMatchObject({ records: 400, persons: 399 });
  const needles = [keyOfEmail('e5'), keyOfEmail('e1'), Buffer.from('hobby-of-1-only'), Buffer.from('hobby-of-5-only')];
  expect(await found(opened.dataDirs, needles)).toEqual([]);
});
