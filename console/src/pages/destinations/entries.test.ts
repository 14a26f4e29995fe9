// Fields that were left empty are not sent, numbers are numbers, and faults of the service find their field.
import { expect, test } from 'vitest';
import { faultsByField, valuesOf } from './entries.ts';

const field = (name: string, type: string) => ({ name, type, title: name, required: false, description: name });
const fields = [
  field('url', 'url'),
  field('rows', 'integer'),
  field('on', 'boolean'),
  field('keys', 'choices'),
  field('key', 'secret'),
];

test('values are what was entered, as the declaration types them', () => {
  expect(valuesOf(fields, { url: 'https://a.example', rows: '30', on: false, keys: ['EMAIL'], key: 's' })).toEqual({
    ...{ url: 'https://a.example', rows: 30, on: false, keys: ['EMAIL'], key: 's' },
  });
});

test('what is empty is left to the default, and what is unknown is not sent', () => {
  expect(valuesOf(fields, { url: '', keys: [], more: 'x' })).toEqual({});
});

test('a number that is none goes as it is, for the service to refuse', () => {
  expect(valuesOf(fields, { rows: '3 or 4' })).toEqual({ rows: '3 or 4' });
});

test('faults lie by the pointer of their field', () => {
  const problem = { type: '', title: '', status: 422, code: 'settings_invalid', request_id: '' };
  const errors = [{ pointer: '/settings/url', message: 'is missing' }];
  expect(faultsByField({ ...problem, errors } as never)).toEqual({ '/settings/url': 'is missing' });
  expect(faultsByField(undefined)).toEqual({});
});
