// What is told of a person is theirs: every value that their rows held, and nothing of anybody else's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillMembers } from '../audience-fixture.ts';
import type { Engine } from '../engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from '../engine/test-engine.ts';
import type { NamedKey } from '../erase/erasure.ts';
import { dropErasureTables } from '../erase/erasure-tables.ts';
import { findPersonsToErase } from '../erase.ts';
import { encryptBlocks } from '../kernel/rekey.ts';
import { digestOf, idOf, loadFile, PEOPLE_SCHEMA, TENANT_KEY, uploadOf, withScratch } from '../load-fixture.ts';
import { addSuppressions } from '../suppression.ts';
import { deliveredTable } from '../tables.ts';
import { isInAudience, isSuppressed, toldOf, viewPersons } from './person-view.ts';

const [VERSION, DATASET, ACCESS] = [idOf('dsv', '1'), idOf('dts', '1'), idOf('acc', '1')];
const [AUDIENCE, DESTINATION, LIST] = [idOf('aud', '1'), idOf('dst', '1'), idOf('sup', '1')];
const AT = { version: VERSION, dataset: DATASET, recordIdPlace: 0 };
const SCOPE = {
  erasure: ACCESS,
  versions: [AT],
  contributions: [],
  matches: [],
  audiences: [],
  suppressionLists: [],
  untold: [],
};

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';
const rowOf = (n: number, phone = n) =>
  `r${n},${digestOf(`email-${n}`)},${digestOf(`phone-${phone}`)},true,hobby-${n},${n}.5,2025-03-0${(n % 9) + 1},${9000 + n},advertising@xandr`;

const named = (value: string): NamedKey => ({
  key: encryptBlocks(TENANT_KEY, Buffer.from(digestOf(value).slice(0, 32), 'hex')),
  dataset: undefined,
});

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    // Persons 3 and 4 share a telephone; they are one person, of two rows.
    const rows = [1, 2, 3].map((n) => rowOf(n)).concat(rowOf(4, 3));
    await loadFile(engine, uploadOf([HEADER, ...rows].join('\n')), { version: VERSION });
  });
  afterAll(() => opened.close());

  const ask = async (keys: readonly NamedKey[], maxRecords = 10) => {
    await withScratch((scratchDir) =>
      findPersonsToErase(engine, { scope: SCOPE, named: keys, maxPersons: 5, scratchDir }),
    );
    return viewPersons(engine, { access: ACCESS, at: AT, schema: PEOPLE_SCHEMA, named: keys, maxRecords });
  };

  test('one person is told with every value of theirs, and nobody else is', async () => {
    const told = await ask([named('email-2')]);
    expect(told).toEqual([
      {
        person: 1,
        isNamed: true,
        identifiers: { email: 1, phone: 1 },
        consentClass: expect.any(Number),
        attributes: { member: true, activity: 'hobby-2', spend: 2.5, last_visit: '2025-03-03' },
        activationIds: [{ column: 7, id: '9002' }],
        records: [
          { member: true, activity: 'hobby-2', spend: 2.5, last_visit: '2025-03-03', purposes: 'advertising@xandr' },
        ],
        recordsLeftOut: 0,
      },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/hobby-[134]|900[134]/);
  });

  test('whoever shares a key is the same person, all rows are told, and those beyond the bound are counted', async () => {
    const [person] = await ask([named('email-3')], 1);
    expect(person).toMatchObject({ isNamed: true, identifiers: { email: 2, phone: 1 }, recordsLeftOut: 1 });
    expect(person?.records).toHaveLength(1);
    expect((await ask([named('phone-3')]))[0]?.records.map(({ activity }) => activity)).toEqual(['hobby-3', 'hobby-4']);
  });

  test('a record id names its person', async () => {
    const block = Buffer.alloc(16);
    block.write('r1\x80', 'latin1');
    const told = await ask([{ key: encryptBlocks(TENANT_KEY, block), dataset: DATASET }]);
    expect(told).toMatchObject([{ person: 0, isNamed: true, attributes: { activity: 'hobby-1' } }]);
  });

  test('audiences, suppressions and what destinations were told are found by the person’s own numbers, keys and ids', async () => {
    await fillMembers(
      engine,
      AUDIENCE,
      [1, 2].map((person) => [person, person]),
    );
    await withScratch((scratchDir) =>
      addSuppressions(engine, { list: LIST, digests: [digestOf('email-2')], tenantKey: TENANT_KEY, scratchDir }),
    );
    const delivered = deliveredTable(AUDIENCE, DESTINATION);
    await engine.createTable(delivered);
    await engine.command(
      `INSERT INTO ${delivered.name} VALUES ('9002', 0, 1, 0), ('9002', 1, 1, 1), ('7:9002|8:1', 1, 2, 1), ('9002', -1, 3, 1), ('9001', 1, 1, 1)`,
    );
    const place = { access: ACCESS, audience: AUDIENCE };
    await ask([named('email-2')]);
    expect(await isInAudience(engine, { ...place, version: VERSION })).toBe(true);
    expect(await isSuppressed(engine, { access: ACCESS, list: LIST })).toBe(true);
    expect(await toldOf(engine, { ...place, destination: DESTINATION })).toEqual([
      { round: 1, state: 'added' },
      { round: 2, state: 'added' },
      { round: 3, state: 'removed' },
    ]);
    await ask([named('email-1')]);
    expect(await isInAudience(engine, { ...place, version: VERSION })).toBe(false);
    expect(await isSuppressed(engine, { access: ACCESS, list: LIST })).toBe(false);
    expect(await toldOf(engine, { ...place, destination: DESTINATION })).toEqual([{ round: 1, state: 'added' }]);
    await dropErasureTables(engine, ACCESS);
    expect((await engine.listTables()).filter((name) => name.startsWith(ACCESS))).toEqual([]);
  });

  test('nobody is told of a key that nobody has', async () => {
    expect(await ask([named('email-unknown')])).toEqual([]);
  });
});
