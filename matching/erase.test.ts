// Erasure: whoever a key leads to is in no table and in no file any more, everybody else stays as they were, and a cut
// at any point leaves what a second attempt brings to the same end.
import { createDecipheriv } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillMembers, fillPeople } from './audience-fixture.ts';
import { dropContribution } from './contribute.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { cutAfter, found } from './erase/erase-fixture.ts';
import type { ErasureScope, NamedKey } from './erase/erasure.ts';
import { dropErasureTables, endCutErasure } from './erase/erasure-tables.ts';
import { listPersonsBefore } from './erase/person-seeds.ts';
import { eraseFoundPersons, findPersonsToErase } from './erase.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import { dropDatasetVersion } from './load.ts';
import {
  contributeLoaded,
  digestOf,
  idOf,
  keyOf,
  loadFile,
  TENANT_KEY,
  uploadOf,
  withScratch,
} from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { addSuppressions, contributeSuppression, dropSuppression } from './suppression.ts';
import { contributedSuppressionTable, deliveredTable, suppressionTable } from './tables.ts';

const COLLABORATION_KEY = keyOf('collaboration');
const [CRM, SHOP, PARTNER] = [idOf('dsv', '1'), idOf('dsv', '2'), idOf('dsv', '3')];
const [CRM_SET, SHOP_SET] = [idOf('dts', '1'), idOf('dts', '2')];
const [CRM_LENT, PARTNER_LENT] = [idOf('con', '1'), idOf('con', '3')];
const [MATCH, AUDIENCE, LIST] = [idOf('mat', '1'), idOf('aud', '1'), idOf('sup', '1')];
const [DESTINATION, COLLABORATION] = [idOf('dst', '1'), idOf('col', '1')];
const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';

/** Person n has an email and an attribute value of its own; every tenth is to be erased. */
const PEOPLE = Array.from({ length: 2000 }, (_, n) => n);
const ERASED = PEOPLE.filter((n) => n % 10 === 3);
const hobbyOf = (n: number) => `hobby-of-${n}-only`;
const xandrOf = (n: number) => String(70_000_000_000 + n * 7919);

const SCOPE: ErasureScope = {
  erasure: idOf('del', '1'),
  versions: [
    { version: CRM, dataset: CRM_SET, recordIdPlace: 0 },
    { version: SHOP, dataset: SHOP_SET, recordIdPlace: 0 },
  ],
  contributions: [{ contribution: CRM_LENT, version: CRM }],
  matches: [{ match: MATCH, left: CRM, right: undefined }],
  audiences: [{ audience: AUDIENCE, left: CRM, right: undefined }],
  suppressionLists: [LIST],
  untold: [],
};

function keyNamed(value: string, dataset?: string): NamedKey {
  const block = Buffer.from(digestOf(value).slice(0, 32), 'hex');
  return { key: encryptBlocks(TENANT_KEY, block), dataset };
}

function recordNamed(id: string, dataset: string): NamedKey {
  const block = Buffer.alloc(16);
  block.write(`${id}\x80`, 'latin1');
  return { key: encryptBlocks(TENANT_KEY, block), dataset };
}

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let isWhole = false;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  beforeEach(async () => {
    if (!isWhole) await fillWorld(engine);
    isWhole = true;
  });
  afterAll(() => opened.close());

  const find = (named: readonly NamedKey[], maxPersons = 1000) =>
    withScratch((scratchDir) => findPersonsToErase(engine, { scope: SCOPE, named, maxPersons, scratchDir }));
  const erase = (by: Engine = engine) => {
    isWhole = false;
    return eraseFoundPersons(by, SCOPE);
  };
  const count = async (table: string, where = '1') => {
    const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${where}`);
    return Number(row?.n);
  };

  test('whoever was in touch of late is no prospect, though an earlier version that still stands says otherwise', async () => {
    const [earlier, newest] = [idOf('dsv', '8'), idOf('dsv', '9')];
    const contact = (key: string, day: string) => ({ keys: [key.repeat(16)], attributes: [null, null, null, day] });
    await fillPeople(engine, earlier, [
      contact('aa', '2020-01-01'),
      contact('bb', '2020-01-01'),
      contact('cc', '2020-01-01'),
    ]);
    await fillPeople(engine, newest, [contact('bb', '2026-01-01'), contact('aa', '2020-01-01')]);
    const before = { column: 'a_3', before: '2023-01-01', newest };
    expect(await listPersonsBefore(engine, { ...before, version: newest })).toEqual([1]);
    // Of whom the newest version says nothing, the earlier one counts.
    expect(await listPersonsBefore(engine, { ...before, version: earlier })).toEqual([2]);
    for (const version of [earlier, newest]) await dropDatasetVersion(engine, version);
  });

  test('no file holds a key, an id or a value of who was erased; everybody else is untouched', async () => {
    const keys = await find(ERASED.map((n) => keyNamed(`email-${n}`)));
    const needles = [
      ...keys.map(({ key }) => Buffer.from(key)),
      ...keys.map(({ key }) => carriedKey(key)),
      ...ERASED.flatMap((n) => [Buffer.from(hobbyOf(n)), Buffer.from(xandrOf(n))]),
    ];
    expect((await found(opened.dataDirs, needles)).length).toBeGreaterThan(ERASED.length);
    const counts = await erase();
    await dropErasureTables(engine, SCOPE.erasure);
    // What the partner lent is the partner's to erase.
    await dropContribution(engine, PARTNER_LENT);
    expect(counts).toEqual({
      persons: ERASED.length + 100,
      versions: 2,
      contributions: 1,
      matches: 1,
      audiences: 1,
      suppressionEntries: ERASED.length,
      deliveredIds: ERASED.length,
    });
    expect(await found(opened.dataDirs, needles)).toEqual([]);
    const kept = PEOPLE.length - ERASED.length;
    expect(await count(`${CRM}_people`)).toBe(kept);
    expect(await count(`${CRM}_records`)).toBe(kept);
    expect(await count(`${SHOP}_people`)).toBe(900);
    expect(await count(`${MATCH}_pairs`)).toBe(kept);
    expect(await count(`${AUDIENCE}_members`)).toBe(kept);
    expect(await count(deliveredTable(AUDIENCE, DESTINATION).name)).toBe(kept);
    expect(await count(suppressionTable(LIST).name)).toBe(kept);
    expect(await count(`${CRM}_people`, `a_1 = '${hobbyOf(4)}'`)).toBe(1);
    expect(await engine.listTables()).not.toContain(contributedSuppressionTable(LIST, COLLABORATION).name);
  });

  test('what a destination still holds is remembered until it was told; what it gave up is not', async () => {
    const { name } = deliveredTable(AUDIENCE, DESTINATION);
    await engine.command(`INSERT INTO ${name} SELECT id, -1, 2, 1 FROM ${name} WHERE id = '${xandrOf(24)}'`);
    isWhole = false;
    await find([keyNamed('email-24'), keyNamed('email-26')]);
    const untold = [{ audience: AUDIENCE, destination: DESTINATION }];
    expect(await eraseFoundPersons(engine, { ...SCOPE, untold })).toMatchObject({ persons: 4, deliveredIds: 2 });
    expect(await count(name, `id = '${xandrOf(24)}'`)).toBe(0);
    expect(await count(name, `id = '${xandrOf(26)}'`)).toBe(1);
  });

  test('a record id names a person of its own dataset alone', async () => {
    await find([recordNamed('r13', CRM_SET)]);
    // Person 13 of the CRM is in the shop too, under the same phone and another record id.
    expect(await erase()).toMatchObject({ persons: 2, versions: 2 });
    expect(await count(`${SHOP}_people`)).toBe(999);
    expect(await count(`${SHOP}_people`, `a_1 = 'shop-hobby-13'`)).toBe(1);
  });

  test('keys lead from one dataset to the other, and all of them are told', async () => {
    const keys = await find([keyNamed('email-23')]);
    const told = keys.map(({ key, dataset }) => [Buffer.from(key).toString('hex'), dataset]);
    const expected = [
      keyNamed('email-23'),
      keyNamed('phone-23'),
      recordNamed('r23', CRM_SET),
      recordNamed('r1023', SHOP_SET),
    ];
    expect(new Set(told)).toEqual(new Set(expected.map((one) => [Buffer.from(one.key).toString('hex'), one.dataset])));
  });

  test('nobody is found by a key that nobody has, and nothing is written anew', async () => {
    expect(await find([keyNamed('email-unknown')])).toHaveLength(1);
    expect(await erase()).toMatchObject({ persons: 0, versions: 0, matches: 0 });
    expect(await count(`${CRM}_people`)).toBe(PEOPLE.length);
  });

  test('a key that more persons share than were meant erases nobody', async () => {
    const named = PEOPLE.map((n) => keyNamed(`email-${n}`));
    await expect(find(named, 1999)).rejects.toMatchObject({ code: 'too_many_persons', persons: 2000 });
    expect((await engine.listTables()).filter((name) => name.startsWith('del_'))).toEqual([]);
  });

  test('cut between any two steps, a second attempt comes to the same end', async () => {
    const size = 40;
    for (let steps = 1; ; steps += kind === 'embedded' ? 9 : 41) {
      await fillWorld(engine, size);
      const seeds = await find([keyNamed('email-13')]);
      const cut = await erase(cutAfter(engine, steps)).then(
        () => false,
        () => true,
      );
      if (!cut) break;
      await endCutErasure(engine);
      await find(seeds);
      await erase();
      expect(await count(`${CRM}_people`), `after ${steps}`).toBe(size - 1);
      expect(await count(`${CRM}_keys`), `after ${steps}`).toBe(2 * size - 2);
      expect(await count(`${CRM}_records`), `after ${steps}`).toBe(size - 1);
      expect(await count(`${SHOP}_people`), `after ${steps}`).toBe(size / 2 - 1);
    }
  });
});

async function fillWorld(engine: Engine, size = PEOPLE.length): Promise<void> {
  const people = PEOPLE.slice(0, size);
  await fillDatasets(engine, people);
  await lendAndMatch(engine);
  await fillMembers(
    engine,
    AUDIENCE,
    people.map((n) => [n, n]),
  );
  await suppressEverybody(engine, people);
  const delivered = deliveredTable(AUDIENCE, DESTINATION);
  await engine.dropTable(delivered.name);
  await engine.createTable(delivered);
  await engine.command(
    `INSERT INTO ${delivered.name} SELECT if(person % 2 = 0, id, concat('7:', id, '|9:other')), 1, 1, 1 FROM ${CRM}_activation`,
  );
}

async function fillDatasets(engine: Engine, people: readonly number[]): Promise<void> {
  for (const version of [CRM, SHOP, PARTNER]) await dropDatasetVersion(engine, version);
  const crm = people.map((n) =>
    [`r${n}`, digestOf(`email-${n}`), digestOf(`phone-${n}`), '', hobbyOf(n), '', '', xandrOf(n), ''].join(),
  );
  // Half of the CRM's people by phone alone, under record ids that the CRM gives to others.
  const shop = people
    .slice(0, people.length / 2)
    .map((n) =>
      [`r${n + 1000}`, '', digestOf(`phone-${n}`), '', `shop-hobby-${n === 13 ? 'x' : n}`, '', '', '', ''].join(),
    );
  shop[0] = shop[0]?.replace('shop-hobby-0', 'shop-hobby-13') ?? '';
  const partner = people.map((n) => [`p${n}`, digestOf(`email-${n}`), '', '', '', '', '', '', ''].join());
  await loadFile(engine, uploadOf([HEADER, ...crm].join('\n')), { version: CRM });
  await loadFile(engine, uploadOf([HEADER, ...shop].join('\n')), { version: SHOP });
  await loadFile(engine, uploadOf([HEADER, ...partner].join('\n')), { version: PARTNER, tenantKey: keyOf('partner') });
}

async function lendAndMatch(engine: Engine): Promise<void> {
  const lend = (version: string, contribution: string, tenantKey: Uint8Array) =>
    contributeLoaded(engine, {
      version,
      contribution,
      types: ['email'],
      tenantKey,
      collaborationKey: COLLABORATION_KEY,
    });
  await lend(CRM, CRM_LENT, TENANT_KEY);
  await lend(PARTNER, PARTNER_LENT, keyOf('partner'));
  await withScratch((scratchDir) =>
    matchContributions(engine, {
      match: MATCH,
      left: CRM_LENT,
      right: PARTNER_LENT,
      types: ['email'],
      cardinality: 'one-to-one',
      scratchDir,
    }),
  );
}

async function suppressEverybody(engine: Engine, people: readonly number[]): Promise<void> {
  await dropSuppression(engine, LIST);
  await withScratch((scratchDir) =>
    addSuppressions(engine, {
      list: LIST,
      tenantKey: TENANT_KEY,
      digests: people.map((n) => digestOf(`email-${n}`)),
      scratchDir,
    }),
  );
  await contributeSuppression(engine, {
    list: LIST,
    collaboration: COLLABORATION,
    tenantKey: TENANT_KEY,
    collaborationKey: COLLABORATION_KEY,
  });
}

function carriedKey(key: Uint8Array): Buffer {
  return encryptBlocks(COLLABORATION_KEY, decrypted(key));
}

function decrypted(key: Uint8Array): Buffer {
  return createDecipheriv('aes-256-ecb', TENANT_KEY, null).setAutoPadding(false).update(key);
}
