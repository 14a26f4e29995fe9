// The two ways of hashing a chunk say the same of every file, to the last byte and reject.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkHasher, type HashPlan, textChunkHasher } from './chunk-hasher.ts';
import { portableHashKit } from './hash-kit.ts';
import { rowHasher } from './row-hasher.ts';

const KIT = portableHashKit();

const COLUMNS: HashPlan['columns'] = [
  { does: 'pass' },
  { does: 'digest', type: 'email' },
  { does: 'digest', type: 'phone' },
  { does: 'pass', kind: 'category' },
  { does: 'empty' },
];
/** The same with columns left out, the first among them. */
const FEWER: HashPlan['columns'] = COLUMNS.map((plan, n) => (n === 0 || n === 3 ? { does: 'leave-out' } : plan));

const local = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._+-]{0,12}$/),
  fc.constantFrom('Jane.Doe', 'jane+news', 'no-reply', 'test', 'NoReply+x', 'a..b', '.a', 'a.', 'aaa', 'é', 'x y'),
);
const domain = fc.oneof(
  fc.constantFrom(
    'gmail.com',
    'GoogleMail.com',
    'Example.ORG',
    'test.com',
    'a.invalid',
    'localhost',
    'x..y',
    'bücher.de',
  ),
  fc.stringMatching(/^[a-zA-Z0-9.-]{0,12}$/),
);
const email = fc.oneof(
  fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`),
  fc.constantFrom('', ' ', 'a@b@c.de', '@x.de', 'jane@example.org ', `${'x'.repeat(65)}@example.org`),
);
const phone = fc.oneof(
  fc.stringMatching(/^\+?[0-9]{0,3}(?:[ .-]?[0-9]{2}){0,6}$/),
  fc.stringMatching(/^(?:0[67]|\+33 ?[67]|0033[67]|\+49 ?1[5-7]|\+1 ?650)(?:[ .-]?[0-9]{2}){3,5}$/),
  fc.constantFrom('', '0666666666', '+33 0639981234', '(650) 555-1212', '06  39', '06.39.98.12.34', '٠٦'),
);
const cell = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9@. +(,;-]{0,10}$/),
  fc.constantFrom(
    '',
    ' x',
    'x ',
    'jane@example.org',
    'ads@xandr',
    '@a.b',
    '+33639981234',
    '06 39 98 12 34',
    'é',
    'a\rb',
    '\t',
  ),
);
const end = fc.constantFrom('\n', '\r\n', '\n\n', '\n \n');
const row = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(cell, email, phone, cell, cell) },
  { weight: 1, arbitrary: fc.array(cell, { maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      cell.map((text) => `"${text.replaceAll('"', '""')}"`),
      email,
      phone,
      cell,
      cell,
    ),
  },
);
const file = fc.record({
  rows: fc.array(fc.tuple(row, end), { maxLength: 12 }),
  delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const),
  country: fc.constantFrom('FR', 'US', 'DE', 'IT', undefined, 'BR'),
  torn: fc.boolean(),
  fewer: fc.boolean(),
});

test('rows read as bytes and rows read as text are hashed alike', () => {
  fc.assert(
    fc.property(file, ({ rows, delimiter, country, torn, fewer }) => {
      const text = rows.map(([cells, newline]) => cells.join(delimiter) + newline).join('');
      const bytes = new Uint8Array(Buffer.from(torn ? text.replace(/[\r\n]+$/, '') : text));
      const plan: HashPlan = {
        format: { delimiter, newline: '\n', header: COLUMNS.map((_, n) => `c${n}`) },
        columns: fewer ? FEWER : COLUMNS,
        salt: 'sålt',
        ...(country === undefined ? {} : { defaultCountry: country }),
      };
      const shown = (chunk: ReturnType<ReturnType<typeof chunkHasher>>) => ({
        ...chunk,
        output: Buffer.from(chunk.output).toString('utf8'),
      });
      expect(shown(chunkHasher(plan, KIT)(bytes))).toEqual(
        shown(textChunkHasher(plan, rowHasher({ ...plan, sha256Hex: KIT.sha256Hex }))(bytes)),
      );
    }),
    { numRuns: 3_000 },
  );
});

test('bytes that are no UTF-8 are refused either way, at the same row', () => {
  const plan: HashPlan = {
    format: { delimiter: ',', newline: '\n', header: ['a', 'b', 'c', 'd', 'e'] },
    columns: COLUMNS,
    salt: 'salt',
  };
  const bytes = Buffer.concat([Buffer.from('1,a@b.de,,,\n2,'), Buffer.from([0xff]), Buffer.from('@b.de,,,\n')]);
  expect(chunkHasher(plan, KIT)(bytes).notUtf8Row).toBe(1);
  expect(textChunkHasher(plan, rowHasher({ ...plan, sha256Hex: KIT.sha256Hex }))(bytes).notUtf8Row).toBe(1);
});
