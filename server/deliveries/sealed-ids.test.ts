// Members composed of sealed columns come out as the text that connectors read.
import { expect, test } from 'vitest';
import { parseMember } from '../../connectors/kit/member.ts';
import { memberOpener } from './sealed-ids.ts';

const column = (number: number, profile: string) => ({
  ...{ name: `column ${number}`, type: 'platform-digest', profile, column: number },
});

test('each part is opened under the profile of its column and stands in its field, whatever the order', () => {
  const columns = [column(2, 'meta@2026-06'), column(5, 'meta@2026-06/phone'), column(7, 'meta@2026-06/city')];
  const open = memberOpener(columns, (profile, sealed) => `${sealed}-${profile.length}`);
  expect(parseMember(open('2:sealed1.b|2:sealed1.a|5:sealed1.c'))).toEqual({
    email: ['sealed1.a-12', 'sealed1.b-12'],
    phone: ['sealed1.c-18'],
  });
  expect(open('5:c|2:a')).toBe(open('2:a|5:c'));
});

test('a column that the schema no longer has is left out', () => {
  const open = memberOpener([column(2, 'google@2026-06')], (_profile, sealed) => sealed);
  expect(open('2:a|9:b')).toBe('member?email=a');
});
