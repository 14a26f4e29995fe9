// Rules of the dataset schema: the documented example is valid, and whatever is unknown, doubled or missing is told at its spot.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDatasetSchema, SchemaError } from './dataset-schema.ts';
import { parseDatasetSchemaText } from './dataset-schema-text.ts';

const EXAMPLE = {
  name: 'osec-crm',
  defaultCountry: 'FR',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    last_raincoat: { role: 'attribute', kind: 'date', taxonomy: 'purchase/raincoat/last' },
    complaint: { role: 'attribute', kind: 'boolean' },
    xandr_id: { role: 'activation-id', type: 'xandr-user-id' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};
const email = { role: 'identifier', type: 'email' };

const pointersOf = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof SchemaError) return error.issues.map((issue) => issue.pointer);
    throw error;
  }
  return [];
};
const wrong = (input: unknown): string[] => pointersOf(() => parseDatasetSchema(input));

test('the documented example is valid and keeps the order of its columns', () => {
  const schema = parseDatasetSchema(EXAMPLE);
  expect(schema).toEqual(EXAMPLE);
  expect(Object.keys(schema.columns)).toEqual(Object.keys(EXAMPLE.columns));
});

describe('an error points at its spot', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 'x', ['']],
    ['an array', [], ['']],
    ['nothing there', {}, ['/name', '/columns']],
    ['an unknown property', { ...EXAMPLE, colums: {} }, ['/colums']],
    ['a country that is none', { ...EXAMPLE, defaultCountry: 'fr' }, ['/defaultCountry']],
    ['no column', { name: 'x', columns: {} }, ['/columns']],
    ['an unknown role', { name: 'x', columns: { email, a: { role: 'key' } } }, ['/columns/a/role']],
    [
      'an unknown type',
      { name: 'x', columns: { email, a: { role: 'identifier', type: 'mail' } } },
      ['/columns/a/type'],
    ],
    ['an unknown kind', { name: 'x', columns: { email, a: { role: 'attribute', kind: 'text' } } }, ['/columns/a/kind']],
    [
      'a property of another role',
      { name: 'x', columns: { email, a: { role: 'record-id', kind: 'date' } } },
      ['/columns/a/kind'],
    ],
    [
      'a name that needs escaping',
      { name: 'x', columns: { email, 'a/b~c': { role: 'x' } } },
      ['/columns/a~1b~0c/role'],
    ],
    [
      'two record ids',
      { name: 'x', columns: { email, a: { role: 'record-id' }, b: { role: 'record-id' } } },
      ['/columns/b/role'],
    ],
    ['no identifier', { name: 'x', columns: { a: { role: 'record-id' } } }, ['/columns']],
    ['a part of an e-mail', { name: 'x', columns: { email: { ...email, part: 'local' } } }, ['/columns/email/part']],
    [
      'a postal address without its parts',
      { name: 'x', columns: { a: { role: 'identifier', type: 'postal-address' } } },
      ['/columns/a/part'],
    ],
    [
      'a postal address lacking a part',
      { name: 'x', columns: { a: { role: 'identifier', type: 'postal-address', part: 'surname' } } },
      ['/columns'],
    ],
    [
      'a doubled part',
      {
        name: 'x',
        columns: {
          a: { role: 'identifier', type: 'customer', part: 'p' },
          b: { role: 'identifier', type: 'customer', part: 'p' },
        },
      },
      ['/columns/b/part'],
    ],
    [
      'a profile that is none',
      { name: 'x', columns: { email, a: { role: 'activation-id', type: 'platform-digest', profile: 'meta' } } },
      ['/columns/a/profile'],
    ],
    [
      'a profile where none is due',
      { name: 'x', columns: { email, a: { role: 'activation-id', type: 'uid2', profile: 'x' } } },
      ['/columns/a/profile'],
    ],
    [
      'categories that are none',
      { name: 'x', columns: { email, a: { role: 'attribute', kind: 'category', categories: ['b', 'b', 7] } } },
      ['/columns/a/categories/1', '/columns/a/categories/2'],
    ],
    [
      'a destination that is none',
      { name: 'x', columns: { email, a: { role: 'consent', kind: 'purposes', destinations: ['X Y'] } } },
      ['/columns/a/destinations/0'],
    ],
    [
      'several at once',
      { name: ' ', x: 1, columns: { email, b: 5, c: { role: 'attribute' } } },
      ['/x', '/name', '/columns/b', '/columns/c/kind'],
    ],
  ])('%s', (_, input, pointers) => expect(wrong(input)).toEqual(pointers));
});

test('a column may be named as anything in JavaScript is', () => {
  const text =
    '{"name":"x","columns":{"__proto__":{"role":"identifier","type":"email"},"constructor":{"role":"record-id"}}}';
  expect(Object.keys(parseDatasetSchemaText(text).columns)).toEqual(['__proto__', 'constructor']);
});

describe('schema texts', () => {
  test('a key written twice is an error at its pointer', () => {
    const text =
      '{"name":"x","name":"y","columns":{"a":{"role":"identifier","type":"email","type":"phone"},"a":{"role":"record-id"}}}';
    expect(pointersOf(() => parseDatasetSchemaText(text))).toEqual([
      '/name',
      '/columns/a/type',
      '/columns/a',
      '/columns',
    ]);
  });

  test('braces, quotes and colons inside strings are no structure', () => {
    const text = JSON.stringify({
      name: 'a"{}[],:\\ "b": ,',
      columns: { 'x":{"y': email, z: { role: 'attribute', kind: 'category', categories: ['":', '{', '":2'] } },
    });
    expect(pointersOf(() => parseDatasetSchemaText(text))).toEqual([]);
  });

  test('what is no JSON is told so', () => expect(pointersOf(() => parseDatasetSchemaText('{"name": '))).toEqual(['']));
});

test('whatever the input, the answer is a schema or a SchemaError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ name: fc.jsonValue(), columns: fc.dictionary(fc.string(), fc.jsonValue()) }),
      ),
      (input) => {
        pointersOf(() => parseDatasetSchema(input));
      },
    ),
  );
});
