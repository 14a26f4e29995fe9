// An audience is compared, id by id, with those that were delivered before.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallestDifference } from './audience-difference.ts';
import { IDS } from './audience-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { deliveredTable, selectionTables } from './tables.ts';

const EARLIER = [{ audience: IDS.audience, destination: IDS.destination }];

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  const tables = selectionTables('dlv_00000000000000000000000009');
  const delivered = deliveredTable(IDS.audience, IDS.destination);

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  const difference = async (of: { told: number[]; now: number[]; barred?: number[]; gone?: number[] }) => {
    for (const table of [delivered, tables.ids, tables.barred]) {
      await engine.dropTable(table.name);
      await engine.createTable(table);
    }
    const rows = (list: readonly number[], columns: string) =>
      `SELECT ${columns} FROM (SELECT arrayJoin([${list.join(', ')}]) AS n)`;
    const insert = async (table: string, list: readonly number[], columns: string) => {
      if (list.length > 0) await engine.command(`INSERT INTO ${table} ${rows(list, columns)}`);
    };
    await insert(delivered.name, of.told, 'toString(n), toInt8(1), toUInt32(1), toUInt8(1)');
    await insert(delivered.name, of.gone ?? [], 'toString(n), toInt8(-1), toUInt32(2), toUInt8(1)');
    await insert(tables.ids.name, of.now, 'toString(n), toUInt32(n)');
    await insert(tables.barred.name, of.barred ?? [], 'toString(n)');
    return smallestDifference(engine, tables, EARLIER);
  };
  const to = (count: number) => Array.from({ length: count }, (_, n) => n);

  test('the same audience does not differ, nor does one that nobody was told', async () => {
    expect(await difference({ told: to(100), now: to(100) })).toBeUndefined();
    expect(await difference({ told: [], now: to(100) })).toBeUndefined();
    expect(await smallestDifference(engine, tables, [])).toBeUndefined();
  });

  test('one person more and one person less are seen, each way by itself', async () => {
    expect(await difference({ told: to(100), now: to(101) })).toBe(1);
    expect(await difference({ told: to(100), now: to(99) })).toBe(1);
    expect(await difference({ told: to(100), now: [...to(40), 500] })).toBe(1);
    expect(await difference({ told: to(100), now: to(40) })).toBe(60);
  });

  test('who withdrew consent or is suppressed may go at any time', async () => {
    expect(await difference({ told: to(100), now: to(99), barred: [99] })).toBeUndefined();
    expect(await difference({ told: to(100), now: to(40), barred: [99] })).toBe(59);
  });

  test('who was removed before is not held any more', async () => {
    expect(await difference({ told: to(100), gone: [99], now: to(99) })).toBeUndefined();
    expect(await difference({ told: to(100), gone: [99], now: to(100) })).toBe(1);
  });
});
