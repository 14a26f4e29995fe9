// A waiting file that holds somebody is found by any cell of theirs, however the file writes it.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import { keysOfNamed } from './named-persons.ts';
import { soughtCells } from './sought-cells.ts';
import { holdsSought } from './staged-cells.ts';

const DATASET = 'dts_01jd0000000000000000000001';
const OTHER = 'dts_01jd0000000000000000000002';
const KEY = new Uint8Array(32).fill(3);
const digest = createHash('sha256').update('a person').digest('hex');

/** In blocks of a few bytes, so that cells and characters are cut. */
async function* inBlocks(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

/** As an erasure finds persons: by keys alone, which nobody spelled. */
function holds(text: string, ids: readonly string[], datasetId: string | null = DATASET): Promise<boolean> {
  const records = [{ dataset_id: DATASET, record_ids: [...ids] }];
  const found = keysOfNamed({ digests: [digest], records }, KEY);
  return holdsSought(inBlocks(text), { sought: soughtCells(found, { persons: {}, tenantKey: KEY }), datasetId });
}

test.each([
  ['c-1', 'id,hobby\nc-1,reading\n'],
  ['c-1', '{"id":"c-1"}\n'],
  ['crm:12', 'id,hobby\r\ncrm:12,reading\r\n'],
  ['crm:12', '{"id":"crm:12"}'],
  ['a|b', 'id;hobby\na|b;reading\n'],
  ['Doe, 12', 'id,hobby\n"Doe, 12",reading\n'],
  ['é"x', 'id,hobby\n"é""x",reading\n'],
  ['é"x', '{"id":"\\u00e9\\"x"}\n'],
  ['a long record id:12', 'id,hobby\na long record id:12,reading\n'],
  ['a long record id, too', '{"id":"a long record id, too"}\n'],
  ['alone-in-its-column', 'id\nalone-in-its-column'],
])('the record id %j', async (id, text) => {
  expect(await holds(text, [id])).toBe(true);
  expect(await holds(text, ['somebody else'])).toBe(false);
  // Of another dataset it is another person; of a file that says nothing, it may be this one.
  expect(await holds(text, [id], OTHER)).toBe(false);
  expect(await holds(text, [id], null)).toBe(true);
});

test('a digest in either case, and nothing of a digest that merely begins like it', async () => {
  expect(await holds(`id,email\n1,${digest}\n`, [])).toBe(true);
  expect(await holds(`id,email\n1,${digest.toUpperCase()}\n`, [])).toBe(true);
  expect(await holds(`id,email\n1,${digest.slice(0, 60)}\n`, [])).toBe(false);
});

test('a key of no record id that could be read is sought as a hash, never as text', () => {
  const key = encryptBlocks(KEY, Buffer.alloc(16, 0xff));
  const sought = soughtCells([{ key, dataset: DATASET }], { persons: {}, tenantKey: KEY });
  expect([...(sought.recordIds.get(DATASET) ?? [])]).toEqual([]);
  expect([...(sought.recordHashes.get(DATASET) ?? [])]).toEqual(['ff'.repeat(16)]);
});
