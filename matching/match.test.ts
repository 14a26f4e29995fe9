// Rules of contributing and matching, each on both engines: keys that must not meet, and pairs that must.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { dropContribution } from './contribute.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { contributeLoaded, digestOf, idOf, keyOf, loadFile, uploadOf, withScratch } from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { countsOf } from './match-fixture.ts';

const SCHEMA: DatasetSchema = {
  name: 'two-identifiers',
  columns: { email: { role: 'identifier', type: 'email' }, phone: { role: 'identifier', type: 'phone' } },
};
const FEBRL_SCHEMA: DatasetSchema = {
  name: 'febrl4',
  columns: {
    id: { role: 'record-id' },
    key: { role: 'identifier', type: 'customer' },
  },
};
const TYPES = ['email', 'phone'] as const;

describe.each(ENGINE_KINDS)('on the %s engine', (kind) => {
  let opened: TestEngine;
  let engine: Engine;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  /** Loads rows of `email phone` (a dot for none) for a tenant. */
  async function load(name: string, rows: readonly string[]): Promise<string> {
    const version = idOf('dsv', name);
    const cell = (word: string | undefined) => (word === undefined || word === '.' ? '' : digestOf(word));
    const lines = rows.map((row) => row.split(' ').map(cell).join(','));
    const source = uploadOf(`email,phone\n${lines.join('\n')}\n`);
    await loadFile(engine, source, { version, schema: SCHEMA, tenantKey: keyOf(name) });
    return version;
  }

  async function contribute(name: string, collaboration: string): Promise<string> {
    const contribution = idOf('con', `${name}${collaboration}`);
    const keys = { tenantKey: keyOf(name), collaborationKey: keyOf(collaboration) };
    await contributeLoaded(engine, { version: idOf('dsv', name), contribution, types: [...TYPES], ...keys });
    return contribution;
  }

  async function match(left: string, right: string, cardinality: 'one-to-one' | 'many' = 'one-to-one') {
    const id = idOf('mat', '1');
    return withScratch(async (scratchDir) => {
      const request = { match: id, left, right, types: [...TYPES], cardinality, scratchDir };
      const counts = countsOf(await matchContributions(engine, request));
      const pairs = await engine.query<{ pair: [number, number, number] }>(
        `SELECT (left_person, right_person, type) AS pair FROM ${id}_pairs ORDER BY left_person, right_person`,
      );
      return { counts, pairs: pairs.map(({ pair }) => Object.values(pair)) };
    });
  }

  test('tables of two tenants joined directly match nothing', async () => {
    const a = await load('a1', ['x 1', 'y 2']);
    const b = await load('b1', ['x 1', 'y 2']);
    const joined = `SELECT count() AS n FROM ${a}_keys AS l INNER JOIN ${b}_keys AS r ON l.match_key = r.match_key`;
    expect(await engine.query(joined)).toEqual([{ n: 0 }]);
  });

  test('contributions to two collaborations match nothing, to one they do', async () => {
    await load('a2', ['x 1', 'y 2']);
    await load('b2', ['x 1', 'z 2']);
    const here = await contribute('a2', 'c1');
    expect((await match(here, await contribute('b2', 'c2'))).counts.matched).toBe(0);
    expect((await match(here, await contribute('b2', 'c1'))).counts).toEqual({
      left: 2,
      right: 2,
      matched: 2,
      byIdentifier: { email: 1, phone: 1 },
    });
  });

  test('a person pairs once, by the strongest identifier, lower numbers first', async () => {
    await load('a3', ['x 1', 'y 2', 'w 3', '. 9']);
    await load('b3', ['y 1', 'x 2', 'v 3', '. 3', 'u .']);
    const [left, right] = [await contribute('a3', 'c3'), await contribute('b3', 'c3')];
    const { counts, pairs } = await match(left, right);
    expect(pairs).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [2, 2, 2],
    ]);
    expect(counts).toMatchObject({ left: 4, right: 4, matched: 3, byIdentifier: { email: 2, phone: 1 } });
    const many = await match(left, right, 'many');
    expect(many.pairs).toEqual([
      [0, 0, 2],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 2],
      [2, 2, 2],
    ]);
  });

  test('the types lent to the collaboration are the only ones that are there', async () => {
    await load('a4', ['x 1']);
    const contribution = idOf('con', 'a4c4');
    const keys = { tenantKey: keyOf('a4'), collaborationKey: keyOf('c4') };
    const request = { version: idOf('dsv', 'a4'), contribution, types: ['phone'] as const, ...keys };
    expect(await contributeLoaded(engine, request)).toEqual({ persons: 1, keysByType: { phone: 1 } });
    await dropContribution(engine, contribution);
    expect(await engine.listTables()).not.toContain(`${contribution}_keys`);
  });

  // One load for each question: with both keys at once, rows that share either would already be one person.
  test.each([
    ['name and postcode', 1955, 1954, nameKey],
    ['social security id', 4561, 4561, socialSecurityKey],
  ] as const)('Febrl 4 by %s: %i pairs of rows, %i of them true', async (name, matched, trueMatched, keyOfRow) => {
    const rowsOfPerson: Record<string, string[][]> = {};
    const contributions = { left: idOf('con', 'feba'), right: idOf('con', 'febb') };
    for (const side of ['left', 'right'] as const) {
      const rows = await febrlRows(side === 'left' ? 'a' : 'b');
      const lines = rows.map((row) => `${row[0]},${keyOfRow(row) === '' ? '' : digestOf(keyOfRow(row))}`);
      const version = idOf('dsv', `feb${side.length}${name.length}`);
      const source = uploadOf(`id,key\n${lines.join('\n')}\n`);
      const { rejects } = await loadFile(engine, source, { version, schema: FEBRL_SCHEMA, tenantKey: keyOf(side) });
      expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['no_identifier'].slice(0, rejects.length)));
      rowsOfPerson[side] = await personsOf(engine, version, rows, new Set(rejects.map(({ row }) => row)));
      const keys = { tenantKey: keyOf(side), collaborationKey: keyOf('febrl') };
      await contributeLoaded(engine, { version, contribution: contributions[side], types: ['customer'], ...keys });
    }
    const match = idOf('mat', 'febr4');
    await withScratch(async (scratchDir) =>
      matchContributions(engine, { match, ...contributions, types: ['customer'], cardinality: 'many', scratchDir }),
    );
    const pairs = await engine.query<{ l: number; r: number }>(
      `SELECT left_person AS l, right_person AS r FROM ${match}_pairs`,
    );
    const rowPairs = pairs.flatMap(({ l, r }) =>
      (rowsOfPerson.left?.[l] ?? []).flatMap((left) => (rowsOfPerson.right?.[r] ?? []).map((right) => [left, right])),
    );
    expect(rowPairs.length).toBe(matched);
    expect(rowPairs.filter(([left, right]) => left === right).length).toBe(trueMatched);
  });
});

type FebrlRow = readonly string[];

async function febrlRows(file: 'a' | 'b'): Promise<FebrlRow[]> {
  const text = await readFile(join(import.meta.dirname, `testdata/febrl4/febrl4${file}.csv`), 'utf8');
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => line.split(',').map((cell) => cell.trim()));
}

/** A key with a blank part is no key. */
function nameKey([, given = '', surname = '', , , , , postcode = '']: FebrlRow): string {
  return [given, surname, postcode].includes('') ? '' : `${given}|${surname}|${postcode}`;
}

function socialSecurityKey(row: FebrlRow): string {
  return row[10] ?? '';
}

/** The true identity of each row of each person. */
async function personsOf(engine: Engine, version: string, rows: readonly FebrlRow[], rejected: ReadonlySet<number>) {
  const accepted = rows.filter((_, n) => !rejected.has(n + 1));
  const persons: string[][] = [];
  const records = await engine.query<{ person: number; position: number }>(
    `SELECT person, position FROM ${version}_records`,
  );
  for (const { person, position } of records) {
    const identity = (accepted[position]?.[0] ?? '').replace(/-(org|dup-0)$/, '');
    persons[person] = [...(persons[person] ?? []), identity];
  }
  return persons;
}
