// Rules of one row: each column does what its role says, keys of several columns stand in the first, and clear text is stopped.
import { describe, expect, test } from 'vitest';
import { parseDatasetSchema } from '../dataset-schema.ts';
import { IDENTIFIER_TYPES, type IdentifierType } from '../identifier.ts';
import { portableSha256Hex, saltedDigest } from '../salted-digest.ts';
import { planColumns } from './column-plan.ts';
import { type CellReject, rowHasher } from './row-hasher.ts';

const SALT = 'salt';
const digest = (type: IdentifierType, normalised: string): string => saltedDigest({ salt: SALT, type, normalised });

function hash(columns: Record<string, object>, row: readonly string[], header = Object.keys(columns)) {
  const schema = parseDatasetSchema({ name: 'x', defaultCountry: 'FR', columns });
  const rejects: CellReject[] = [];
  const hashRow = rowHasher({
    columns: planColumns(header, schema),
    salt: SALT,
    sha256Hex: portableSha256Hex,
    defaultCountry: 'FR',
  });
  return { line: hashRow(row, rejects), rejects };
}

const EMAIL = { role: 'identifier', type: 'email' };
const part = (name: string, type = 'postal-address') => ({ role: 'identifier', type, part: name });

test.each(IDENTIFIER_TYPES.filter((type) => type !== 'postal-address'))(
  'a %s is digested under its own type',
  (type) => {
    const values: Record<string, [string, string]> = {
      email: [' Jane@Example.com', 'jane@example.com'],
      phone: ['06 39 98 12 34', '+33639981234'],
      'mobile-advertising-id': ['EA7583CD-A667-48BC-B806-42ECB2B48606', 'ea7583cd-a667-48bc-b806-42ecb2b48606'],
      'cookie-id': [' Abc1 ', 'Abc1'],
      customer: [' C-1 ', 'C-1'],
    };
    const [raw, normalised] = values[type]!;
    expect(hash({ id: { role: 'identifier', type } }, [raw]).line).toBe(digest(type, normalised));
  },
);

describe('a key of several columns', () => {
  const address = {
    city: { role: 'attribute', kind: 'category' },
    zip: part('postcode'),
    name: part('surname'),
    number: part('house-number'),
  };

  test('stands in the first of them, whatever their order; the others are empty', () => {
    const made = hash(address, ['Paris', '75 011', 'Lefèvre', '12 bis']);
    expect(made.line).toBe(`Paris,${digest('postal-address', 'lefevre|75011|12bis')},,`);
  });

  test('with a blank part is no key', () => {
    const made = hash(address, ['Paris', '75011', '', '12']);
    expect(made).toEqual({
      line: undefined,
      rejects: [
        { field: 1, code: 'part_missing' },
        { field: -1, code: 'no_identifier' },
      ],
    });
  });

  test('of the customer is joined in the order of the part names, so that two files agree', () => {
    const columns = { surname: part('surname', 'customer'), given: part('given-name', 'customer') };
    expect(hash(columns, [' Doe ', 'Jane']).line).toBe(`${digest('customer', 'Jane|Doe')},`);
    expect(hash(columns, ['Jane', 'Doe'], ['given', 'surname']).line).toBe(`${digest('customer', 'Jane|Doe')},`);
  });
});

describe('a value in the clear where none is due leaves the row out', () => {
  test.each([
    ['a record id', { role: 'record-id' }, 'jane@example.com'],
    ['an attribute', { role: 'attribute', kind: 'category' }, 'see jane@example.com'],
    ['an activation id', { role: 'activation-id', type: 'ppid' }, 'jane@example.com'],
    ['a consent', { role: 'consent', kind: 'purposes' }, 'jane@example.com'],
    ['a category', { role: 'attribute', kind: 'category' }, '+33 6 39 98 12 34'],
    ['a category', { role: 'attribute', kind: 'category' }, '06 39 98 12 34'],
  ])('an address or number in %s', (_, column, value) => {
    expect(hash({ email: EMAIL, x: column }, ['a@b.fr', value])).toEqual({
      line: undefined,
      rejects: [{ field: 1, code: 'cleartext_identifier' }],
    });
  });

  test.each([
    ['a consent for a destination', { role: 'consent', kind: 'purposes' }, 'advertising@xandr'],
    ['a long number as record id', { role: 'record-id' }, '0639981234'],
    ['a platform id', { role: 'activation-id', type: 'xandr-user-id' }, '7652266028043224430'],
    ['a date', { role: 'attribute', kind: 'date' }, '2024-01-31'],
    ['a postcode', { role: 'attribute', kind: 'category' }, '75011'],
  ])('%s is none', (_, column, value) => {
    expect(hash({ email: EMAIL, x: column }, ['a@b.fr', value])).toEqual({
      line: `${digest('email', 'a@b.fr')},${value}`,
      rejects: [],
    });
  });
});

test('an empty identifier is not hashed and not reported, while another carries the row', () => {
  const made = hash({ email: EMAIL, phone: { role: 'identifier', type: 'phone' } }, ['', '0639981234']);
  expect(made).toEqual({ line: `,${digest('phone', '+33639981234')}`, rejects: [] });
});

test.each([[['a@b.fr']], [['a@b.fr', 'x', 'y']]])('a row of other columns than the header is left out', (row) => {
  expect(hash({ email: EMAIL, x: { role: 'record-id' } }, row)).toEqual({
    line: undefined,
    rejects: [{ field: -1, code: 'column_count' }],
  });
});

test('a column that is left out leaves neither a value nor a comma, even as the first', () => {
  const schema = parseDatasetSchema({
    name: 'x',
    columns: { email: EMAIL, zip: { role: 'attribute', kind: 'category' } },
  });
  const header = ['name', 'email', 'note', 'zip'];
  const columns = planColumns(header, schema, new Set(['name', 'note']));
  const hashRow = rowHasher({ columns, salt: SALT, sha256Hex: portableSha256Hex });
  expect(hashRow(['Ada', 'ada@example.org', 'call +33639981234', '75011'], [])).toBe(
    `${digest('email', 'ada@example.org')},75011`,
  );
  expect(() => planColumns(header, schema, new Set(['name']))).toThrow('column 3');
  expect(() => planColumns(header, schema, new Set(['name', 'note', 'zip']))).toThrow('"zip"');
});
