// Rules of finding shared keys, against a map of all keys.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColumnMemory } from './column-memory.ts';
import { KeptRows } from './kept-rows.ts';
import { KEY_WORDS, KeyColumn, keyBlocks } from './key-column.ts';
import { joinRowsByKey } from './key-join.ts';
import { PersonIndex } from './person-index.ts';

const MANY = 40_000;

/** Key 0 is none; others are spread over all partitions by their first word. */
function columnOf(keys: readonly number[], chunkRows: number, memory?: ColumnMemory): KeyColumn {
  const column = new KeyColumn(memory, Math.max(1, chunkRows >> 1));
  const kept = new KeptRows();
  for (let from = 0; from < keys.length; from += chunkRows) {
    const chunk = keys.slice(from, from + chunkRows);
    kept.reset(chunk.length);
    chunk.forEach((_, row) => {
      kept.push(row);
    });
    kept.end(chunk.length);
    const words = chunk.flatMap((key) =>
      key === 0 ? [0, 0, 0, 0] : [Math.imul(key, 0x9e3779b1), Math.imul(key, 0x85ebca6b), 1, key],
    );
    column.keep(Uint32Array.from(words), kept);
  }
  return column;
}

interface NaiveOptions {
  readonly chunkRows: number;
  readonly passKeys?: number;
  readonly memory?: ColumnMemory;
}

function expectNaive(lists: readonly (readonly number[])[], options: NaiveOptions) {
  const rows = lists[0]?.length ?? 0;
  const columns = lists.map((keys) => columnOf(keys, options.chunkRows, options.memory));
  const persons = new PersonIndex();
  const naive = new PersonIndex();
  for (let row = 0; row < rows; row++) naive.join(naive.addRow(), persons.addRow());
  const distinct = joinRowsByKey(columns, persons, options.passKeys);
  const owners = new Map<number, number>();
  let wrong = 0;
  lists.forEach((keys, n) => {
    const first: number[] = [];
    keys.forEach((key, row) => {
      const owner = owners.get(key);
      if (key === 0) return;
      wrong += distinct.isRepeated(n, row) === (owner !== undefined) ? 0 : 1;
      if (owner === undefined) {
        owners.set(key, row);
        first.push(key);
      } else naive.join(owner, row);
    });
    expect(distinct.counts[n]).toBe(first.length);
    const rowNumbers = Uint32Array.from(keys, (_, row) => row);
    const [written, writtenPersons]: [number[], number[]] = [[], []];
    for (const block of keyBlocks({ column: columns[n] as KeyColumn, number: n, persons: rowNumbers, distinct })) {
      written.push(...block.words.filter((_, at) => at % KEY_WORDS === 3));
      writtenPersons.push(...block.persons);
    }
    expect(written).toEqual(first);
    expect(writtenPersons).toEqual(first.map((key) => owners.get(key)));
  });
  expect(wrong).toBe(0);
  expect(persons.number()).toEqual(naive.number());
}

test('rows of one key are one person, and a key belongs to its first column and row', () => {
  const key = fc.nat(30);
  const lists = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.nat(40))
    .chain(([columns, rows]) =>
      fc.array(fc.array(key, { minLength: rows, maxLength: rows }), { minLength: columns, maxLength: columns }),
    );
  fc.assert(fc.property(lists, fc.integer({ min: 1, max: 20 }), (keys, chunkRows) => expectNaive(keys, { chunkRows })));
});

test('many keys give the same in many partitions, at once and in several passes', () => {
  const lists = [7, 13].map((step) => Array.from({ length: MANY }, (_, row) => (row * step) % (MANY - 5)));
  expectNaive(lists, { chunkRows: 3_000 });
  expectNaive(lists, { chunkRows: 3_000, passKeys: 10_000 });
});

test('keys that are alike in the word that is looked up are told apart, in memory and on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-columns-'));
  const memory = new ColumnMemory({ path: join(folder, 'columns'), maxBytes: 4_000 });
  try {
    for (const held of [undefined, memory]) {
      const rows = 2_000;
      const column = new KeyColumn(held, 100);
      const kept = new KeptRows();
      kept.reset(rows);
      for (let row = 0; row < rows; row++) kept.push(row);
      kept.end(rows);
      const keyOf = (row: number) => row % 700;
      const words = Array.from({ length: rows }, (_, row) => [1, 2, 3, keyOf(row)]);
      column.keep(Uint32Array.from(words.flat()), kept);
      const persons = new PersonIndex();
      for (let row = 0; row < rows; row++) persons.addRow();
      expect(joinRowsByKey([column], persons).counts).toEqual([700]);
      expect([...persons.number()]).toEqual(words.map((_, row) => keyOf(row)));
    }
    expect(memory.spilledBytes).toBeGreaterThan(0);
  } finally {
    memory.close();
    await rm(folder, { recursive: true });
  }
});

test('keys that memory has no room for are read from disk, to the same end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-columns-'));
  const lists = [7, 13].map((step) => Array.from({ length: MANY }, (_, row) => (row * step) % (MANY - 5)));
  const memory = new ColumnMemory({ path: join(folder, 'columns'), maxBytes: 100_000 });
  try {
    expectNaive(lists, { chunkRows: 3_000, passKeys: 10_000, memory });
    expect(memory.spilledBytes).toBeGreaterThan(MANY * 16);
  } finally {
    memory.close();
    await rm(folder, { recursive: true });
  }
});
