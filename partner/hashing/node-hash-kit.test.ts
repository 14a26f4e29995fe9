// Rule of the two kits: what Node's own ways hash is what a browser hashes, to the last byte and reject.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkHasher, type HashPlan } from '../../identifiers/hashing/chunk-hasher.ts';
import { portableHashKit } from '../../identifiers/hashing/hash-kit.ts';
import { NODE_HASH_KIT } from './node-hash-kit.ts';

const PLAN: HashPlan = {
  format: { delimiter: ',', newline: '\n', header: [] },
  columns: [
    { does: 'digest', type: 'email' },
    { does: 'digest', type: 'phone' },
    { does: 'composite', type: 'customer', parts: [2, 3] },
    { does: 'empty' },
    { does: 'pass', kind: 'category' },
  ],
  salt: 'sel été',
  defaultCountry: 'FR',
};
/** Without a key of several columns rows are read byte by byte. */
const PLAIN: HashPlan = {
  ...PLAN,
  columns: [...PLAN.columns.slice(0, 2), { does: 'pass' }, { does: 'empty' }, { does: 'pass' }],
};

const cell = fc.oneof(
  fc.constantFrom(
    'ada@example.org',
    'Zoé@exämple.fr',
    '06 39 98 12 34',
    '+33639981235',
    'no-reply@x.fr',
    '',
    ' ',
    'été',
    '"q,"',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/["\r\n,]/g, '')),
);
const file = fc
  .array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1, maxLength: 20 })
  .map((rows) => rows.map((row) => row.join(',')).join('\n'));

test.each([
  ['by text', PLAN],
  ['by bytes', PLAIN],
])('a chunk hashed %s is the same of both kits', (_, plan) => {
  const inNode = chunkHasher(plan, NODE_HASH_KIT);
  const inBrowser = chunkHasher(plan, portableHashKit());
  fc.assert(
    fc.property(file, (text) => {
      const chunks = [inNode, inBrowser].map((hash) => hash(new TextEncoder().encode(text)));
      const [node, browser] = chunks.map(({ output, ...rest }) => ({ ...rest, text: Buffer.from(output).toString() }));
      expect(browser).toEqual(node);
    }),
  );
});

test('bytes that are not UTF-8 are refused by both at the same row', () => {
  const bytes = Uint8Array.from([...Buffer.from('a@b.fr,,,,x\n'), 0xe9, 0x2c, 0x2c, 0x2c, 0x2c, 0x0a]);
  for (const kit of [NODE_HASH_KIT, portableHashKit()]) expect(chunkHasher(PLAIN, kit)(bytes).notUtf8Row).toBe(1);
});
