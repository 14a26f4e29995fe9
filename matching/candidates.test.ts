// The kernel's join and re-keying against the engine's own, on random and on awkward keys: one is the other's oracle.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countContributed, findCandidates } from './candidates.ts';
import { contributeDataset, dropContribution } from './contribute.ts';
import type { Engine } from './engine/engine.ts';
import { openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { joinKeyFiles } from './kernel/join-files.ts';
import { bytesOf, NativeFile } from './kernel/native-file.ts';
import type { Candidates } from './kernel/pairing.ts';
import { idOf, keyOf, withScratch } from './load-fixture.ts';
import { keysTable } from './tables.ts';

interface Key {
  /** The four words of the key. */
  readonly words: readonly number[];
  readonly person: number;
}
/** The keys of each type, 1 email, 2 phone, 3 postal address, and how many stand in a block. */
interface Keys {
  readonly types: readonly (readonly Key[])[];
  readonly blockRows: number;
}

// Words from a handful, so that keys differ in one word alone, fall into one partition, or are the same for several persons.
const word = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff);
const key = fc.record({ words: fc.array(word, { minLength: 4, maxLength: 4 }), person: fc.nat(70_000) });
const keys: fc.Arbitrary<Keys> = fc.record({
  types: fc.array(fc.array(key, { maxLength: 30 }), { minLength: 3, maxLength: 3 }),
  blockRows: fc.integer({ min: 1, max: 9 }),
});

let opened: TestEngine;
let engine: Engine;
/** The same tables, and nothing known of files. */
let withoutFiles: Engine;
beforeAll(async () => {
  opened = await openTestEngine('embedded');
  engine = opened.engine;
  withoutFiles = {
    kind: engine.kind,
    createTable: (table) => engine.createTable(table),
    dropTable: (name) => engine.dropTable(name),
    replaceTable: (name, replacement) => engine.replaceTable(name, replacement),
    listTables: () => engine.listTables(),
    command: (sql, params) => engine.command(sql, params),
    query: (sql, params) => engine.query(sql, params),
    stream: (sql, params) => engine.stream(sql, params),
    streamBinary: (sql, params) => engine.streamBinary(sql, params),
    insertFile: (target, file) => engine.insertFile(target, file),
    adoptFile: (table, file) => engine.adoptFile(table, file),
    findFile: async () => undefined,
    cancelTagged: (tag) => engine.cancelTagged(tag),
    close: () => engine.close(),
  };
});
afterAll(() => opened.close());

async function adopt(owner: string, { types, blockRows }: Keys, scratchDir: string): Promise<void> {
  const table = keysTable(owner);
  const path = join(scratchDir, 'keys.native');
  const file = await NativeFile.create(path);
  for (const [type, list] of types.entries()) {
    for (let from = 0; from < list.length; from += blockRows) {
      const block = list.slice(from, from + blockRows);
      await file.write(block.length, [
        {
          name: 'match_key',
          type: 'FixedString(16)',
          data: [bytesOf(Uint32Array.from(block.flatMap(({ words }) => words)))],
        },
        { name: 'person', type: 'UInt32', data: [bytesOf(Uint32Array.from(block, ({ person }) => person))] },
        { name: 'type', type: 'UInt8', data: [new Uint8Array(block.length).fill(type + 1)] },
      ]);
    }
  }
  await file.close();
  await dropContribution(engine, owner);
  await engine.adoptFile(table, { path, rows: file.rows });
}

function pairsOf({ left, right }: Candidates): string[] {
  return Array.from(left, (person, n) => `${person}-${right[n]}`).sort();
}

const LEFT = idOf('con', '7a');
const RIGHT = idOf('con', '7b');
/** Some hundred tables made and dropped, each on the disk before the next. */
const TIMEOUT_MS = 120_000;
const TYPES = ['phone', 'email', 'postal-address'] as const;

describe('keys in files', () => {
  test(
    'are joined by the kernel as by the engine, in one pass or many',
    async () => {
      await fc.assert(
        fc.asyncProperty(keys, keys, fc.integer({ min: 1, max: 40 }), async (left, right, passKeys) => {
          await withScratch(async (scratchDir) => {
            await adopt(LEFT, left, scratchDir);
            await adopt(RIGHT, right, scratchDir);
          });
          const found = (on: Engine) =>
            withScratch(async (scratchDir) =>
              (await findCandidates(on, { left: LEFT, right: RIGHT, scratchDir }, TYPES)).map(pairsOf),
            );
          const byEngine = await found(withoutFiles);
          expect(await found(engine)).toEqual(byEngine);
          expect(await found(engine)).toEqual(byEngine);
          const [l, r] = [await engine.findFile(`${LEFT}_keys`), await engine.findFile(`${RIGHT}_keys`)];
          if (l === undefined || r === undefined) return;
          expect(pairsOf(joinKeyFiles({ kind: 'join', left: l, right: r, type: 1, passKeys }))).toEqual(byEngine[1]);
        }),
        { numRuns: 15 },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'are counted as the engine counts persons',
    async () => {
      await fc.assert(
        fc.asyncProperty(keys, async (held) => {
          await withScratch((scratchDir) => adopt(LEFT, held, scratchDir));
          expect(await countContributed(engine, LEFT)).toBe(await countContributed(withoutFiles, LEFT));
        }),
        { numRuns: 20 },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'are re-keyed by the kernel as by the engine, and only the types that are lent',
    async () => {
      const version = idOf('dsv', '7c');
      const keysOf = { tenantKey: keyOf('tenant'), collaborationKey: keyOf('collaboration') };
      await fc.assert(
        fc.asyncProperty(keys, fc.subarray([...TYPES]), async (held, types) => {
          const [one, other] = await withScratch(async (scratchDir) => {
            await adopt(version, held, scratchDir);
            const request = { version, types, scratchDir, ...keysOf };
            return [
              await contributeDataset(engine, { ...request, contribution: LEFT }),
              await contributeDataset(withoutFiles, { ...request, contribution: RIGHT }),
            ];
          });
          expect(one).toEqual(other);
          const rows = (contribution: string) =>
            engine.query(`SELECT hex(match_key) AS k, person, type FROM ${contribution}_keys ORDER BY k, person, type`);
          expect(await rows(LEFT)).toEqual(await rows(RIGHT));
        }),
        { numRuns: 20 },
      );
    },
    TIMEOUT_MS,
  );
});
