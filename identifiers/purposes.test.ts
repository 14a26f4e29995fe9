// Rules of the purposes cell: the vocabulary is closed, destinations are kept apart, and an empty cell is no consent.
import { expect, test } from 'vitest';
import { parsePurposes } from './purposes.ts';

test.each([
  ['', []],
  ['  ', []],
  ['advertising', [{ purpose: 'advertising' }]],
  ['Advertising; measurement', [{ purpose: 'advertising' }, { purpose: 'measurement' }]],
  [
    'advertising@xandr,analytics|email-marketing',
    [{ purpose: 'advertising', destination: 'xandr' }, { purpose: 'analytics' }, { purpose: 'email-marketing' }],
  ],
  ['advertising advertising', [{ purpose: 'advertising' }]],
  ['advertising advertising@xandr', [{ purpose: 'advertising' }, { purpose: 'advertising', destination: 'xandr' }]],
])('%j grants %j', (cell, grants) => expect(parsePurposes(cell)).toEqual({ ok: true, grants }));

test.each(['ads', 'advertising@', '@xandr', 'advertising@xandr@file', 'advertising@Xandr Ltd', 'yes', 'constructor'])(
  '%j is an error, never a consent',
  (cell) => expect(parsePurposes(cell)).toMatchObject({ ok: false }),
);
