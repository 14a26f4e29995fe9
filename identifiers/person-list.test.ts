// An officer's list: read, normalised and hashed as the partner's file was, and told by row and column where it is not right.
import { describe, expect, test } from 'vitest';
import { digestsOf, readPersonList } from './person-list.ts';
import { saltedDigest } from './salted-digest.ts';

const read = (text: string, options = {}) => readPersonList(text, options);

test('every identifier of a row names its person', () => {
  const list = read('email,phone,record-id\n Ada@Example.com ,06 12 34 56 78,r7\n', { defaultCountry: 'FR' });
  expect(list).toEqual({
    identifiers: [
      { type: 'email', value: 'ada@example.com' },
      { type: 'phone', value: '+33612345678' },
    ],
    recordIds: ['r7'],
    rows: 1,
    faults: [],
  });
});

test('each is hashed under every salt, once, as a file is', () => {
  const { identifiers } = read('email\nada@example.com\nADA@example.com\n');
  const digest = (salt: string) => saltedDigest({ salt, type: 'email', normalised: 'ada@example.com' });
  expect(digestsOf(identifiers, ['one', 'two'])).toEqual([digest('one'), digest('two')]);
});

test('keys of several columns are joined in the order of their names', () => {
  expect(read('customer:b,customer:a\n2,1\n').identifiers).toEqual([{ type: 'customer', value: '1|2' }]);
});

test('a postal address is made of its parts', () => {
  const [address] = read('surname,postcode,house-number\nLovelace,75011,3\n').identifiers;
  expect(address).toMatchObject({ type: 'postal-address', value: expect.stringContaining('75011') });
});

test('what is no identifier is told by row and column, never by its value', () => {
  const { faults, identifiers } = read('email,phone\nnonsense,\n,0612345678\n');
  expect(identifiers).toEqual([]);
  expect(faults).toEqual([
    { row: 1, field: 'email', code: 'malformed' },
    { row: 2, field: 'phone', code: 'country_missing' },
  ]);
});

describe('a header that says nothing to the service is refused', () => {
  test.each(['name\nAda\n', 'email,email\na,b\n', '', 'ada@example.com\n'])('%j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'header_invalid' }));
    expect(() => read(text)).not.toThrow(/ada@example/);
  });
});
