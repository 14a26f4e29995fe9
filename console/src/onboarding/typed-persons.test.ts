// Rules of typed persons: addresses and numbers however set apart, and a list with a header as it is.
import { expect, test } from 'vitest';
import { readPersonList } from '../../../identifiers/person-list.ts';
import { asList } from './typed-persons.ts';

const read = (text: string) => readPersonList(asList(text), { defaultCountry: 'FR' });

test('bare addresses and numbers are told apart, whatever stands between them', () => {
  expect(read('Ada@Example.org; 06 39 98 12 34\r\n"bob@example.org",\n\n+33639981235\n').identifiers).toEqual([
    { type: 'email', value: 'ada@example.org' },
    { type: 'phone', value: '+33639981234' },
    { type: 'email', value: 'bob@example.org' },
    { type: 'phone', value: '+33639981235' },
  ]);
});

test('what is neither is a fault at its row', () => {
  const { identifiers, faults } = read('ada@example.org\n12\nnobody@');
  expect(identifiers).toHaveLength(1);
  expect(faults.map(({ row, field }) => ({ row, field }))).toEqual([
    { row: 2, field: 'phone' },
    { row: 3, field: 'email' },
  ]);
});

test('a list whose first line names its columns is read as one', () => {
  expect(read('customer,record-id\nc-7,r-1\n')).toMatchObject({
    identifiers: [{ type: 'customer', value: 'c-7' }],
    recordIds: ['r-1'],
  });
});

test('nothing typed is nobody', () => {
  expect(read(' \n')).toMatchObject({ identifiers: [], rows: 0 });
});
