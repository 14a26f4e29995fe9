// The rows of a report, read off the counts of letters: each has its number and its page, whatever the size of a page.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeadLetter } from './dead-letter.ts';
import { countByCode, pageOfRows } from './rejected-rows.ts';

const letter = (facts: Partial<DeadLetter>): DeadLetter =>
  ({
    id: 'dlt',
    kind: 'rejected_rows',
    batch: 0,
    firstRow: 1,
    isRetryable: 1,
    status: 'waiting',
    ...facts,
  }) as DeadLetter;

const letters = [
  letter({ id: 'a', codes: { INVALID_FORMAT: 3 }, kind: 'invalid_rows', isRetryable: 0 }),
  letter({ id: 'b', codes: { unknown_id: 4 }, firstRow: 4 }),
  letter({ id: 'c', codes: { throttled: 900 }, firstRow: null, batch: 1, kind: 'failed_batch' }),
  letter({ id: 'd', codes: { unknown_id: 2 }, firstRow: 8, batch: 2, status: 'retried' }),
];

function pages(limit: number, code?: string) {
  const rows = [];
  for (let cursor: string | undefined, asked = 0; asked < 50; asked++) {
    const { items, nextCursor } = pageOfRows(letters, { limit, ...(code && { code }), ...(cursor && { cursor }) });
    expect(items.length).toBeLessThanOrEqual(limit);
    rows.push(...items);
    if (nextCursor === null) return rows;
    cursor = nextCursor;
  }
  throw new Error('the pages do not end');
}

it('pages of any size tell each row once, in order', () => {
  const shown = [1, 2, 3, 4, 5, 6, 7, null, 8, 9];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (limit) => {
      expect(pages(limit).map(({ row }) => row)).toEqual(shown);
      expect(pages(limit, 'unknown_id').map(({ row, letter: { id } }) => `${id}${row}`)).toEqual([
        ...['b4', 'b5', 'b6', 'b7', 'd8', 'd9'],
      ]);
    }),
  );
});

it('a batch that was not taken is one item that stands for all of its rows', () => {
  expect(pages(50).filter(({ row }) => row === null)).toMatchObject([{ rows: 900, code: 'throttled' }]);
});

it('a code says how many rows it has and how many of them a retry would tell', () => {
  expect(countByCode(letters)).toEqual([
    { code: 'throttled', rows: 900, retryableRows: 900 },
    { code: 'unknown_id', rows: 6, retryableRows: 4 },
    { code: 'INVALID_FORMAT', rows: 3, retryableRows: 0 },
  ]);
});

it.each(['x', Buffer.from('c1:-1').toString('base64url'), Buffer.from('c1:dlt_1').toString('base64url')])(
  'a cursor that was not given is refused',
  (cursor) => expect(() => pageOfRows(letters, { cursor })).toThrow('next_cursor'),
);
