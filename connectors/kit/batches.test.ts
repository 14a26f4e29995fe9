// Batches: each id once with its last change, sorted, within limits, and the same on every attempt.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivationChange } from './activation-change.ts';
import { type BatchRules, batchChanges } from './batches.ts';
import { RowError } from './errors.ts';

const rules = (over: Partial<BatchRules> = {}): BatchRules => ({
  checkRow: () => undefined,
  rowBytes: (id) => id.length,
  maxRows: 1_000,
  maxBytes: 1_000_000,
  idForm: 'text',
  ...over,
});

async function read(changes: readonly ActivationChange[], given: BatchRules, pieceRows = 5) {
  async function* pieces() {
    for (let from = 0; from < changes.length; from += pieceRows) yield changes.slice(from, from + pieceRows);
  }
  const batches = [];
  for await (const batch of batchChanges(pieces(), given)) {
    const rows: [string, boolean][] = [];
    batch.forEach((id, isRemoval) => {
      rows.push([id, isRemoval]);
    });
    const { added, removed, index, invalid, sha256 } = batch;
    batches.push({ added, removed, index, invalid, sha256, rows });
  }
  return batches;
}

const kinds = fc.constantFrom<ActivationChange['change'][]>('add', 'remove');
const numericId = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })).map(String);
const changesOf = (id: fc.Arbitrary<string>) => fc.array(fc.record({ id, change: kinds }), { maxLength: 200 });
const lastChanges = (changes: readonly ActivationChange[]) =>
  Object.fromEntries(changes.map(({ id, change }) => [id, change === 'remove']));

describe('a batch', () => {
  it.each([
    ['text', fc.string()],
    ['uint64', numericId],
  ] as const)('of %s ids holds each id once with its last change, in order', async (idForm, id) => {
    await fc.assert(
      fc.asyncProperty(changesOf(id), async (changes) => {
        const [batch] = await read(changes, rules({ idForm }));
        const rows = batch?.rows ?? [];
        expect(Object.fromEntries(rows)).toEqual(lastChanges(changes));
        expect(rows).toHaveLength(Object.keys(lastChanges(changes)).length);
        const ids = rows.map(([one]) => one);
        const ordered = idForm === 'text' ? [...ids].sort() : [...ids].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
        expect(ids).toEqual(ordered);
        expect([batch?.added ?? 0, batch?.removed ?? 0]).toEqual(
          [false, true].map((kind) => rows.filter(([, one]) => one === kind).length),
        );
      }),
    );
  });

  it('is the same however the changes arrive, and has another digest when any change differs', async () => {
    await fc.assert(
      fc.asyncProperty(changesOf(numericId), fc.nat(), async (changes, at) => {
        for (const idForm of ['text', 'uint64'] as const) {
          const once = await read(changes, rules({ idForm, maxRows: 7 }), 1);
          expect(await read(changes, rules({ idForm, maxRows: 7 }), 50)).toEqual(once);
          if (changes.length === 0) continue;
          const other = [...lastEntries(changes)];
          const flipped = other[at % other.length]!;
          other[at % other.length] = { ...flipped, change: flipped.change === 'add' ? 'remove' : 'add' };
          const [before] = await read(lastEntries(changes), rules({ idForm }));
          const [after] = await read(other, rules({ idForm }));
          expect(after?.sha256).not.toBe(before?.sha256);
        }
      }),
    );
  });

  it('stays within rows and bytes, and nothing is lost between batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        changesOf(fc.string({ minLength: 1, maxLength: 9 })),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 9, max: 50 }),
        async (changes, maxRows, maxBytes) => {
          const batches = await read(changes, rules({ maxRows, maxBytes }));
          for (const { rows } of batches) {
            expect(rows.length).toBeLessThanOrEqual(maxRows);
            expect(rows.reduce((sum, [id]) => sum + id.length, 0)).toBeLessThanOrEqual(maxBytes);
          }
          expect(batches.map(({ index }) => index)).toEqual(batches.map((_, index) => index));
          expect(Object.fromEntries(batches.flatMap(({ rows }) => rows))).toEqual(lastChanges(changes));
        },
      ),
    );
  });

  it('counts what it leaves out, also when nothing else is left', async () => {
    const checkRow = (id: string) => (id.startsWith('x') ? new RowError('id_invalid') : undefined);
    const add = (id: string): ActivationChange => ({ id, change: 'add' });
    expect(await read([add('x1'), add('a'), add('x2')], rules({ checkRow }))).toMatchObject([
      { added: 1, invalid: { id_invalid: 2 } },
    ]);
    expect(await read([add('x1')], rules({ checkRow }))).toMatchObject([
      { added: 0, removed: 0, invalid: { id_invalid: 1 } },
    ]);
    expect(await read([], rules())).toEqual([]);
  });
});

const lastEntries = (changes: readonly ActivationChange[]): ActivationChange[] =>
  Object.entries(lastChanges(changes)).map(([id, isRemoval]) => ({ id, change: isRemoval ? 'remove' : 'add' }));
