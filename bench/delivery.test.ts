// The benchmark of deliveries measures what it says, on few rows.
import { expect, test } from 'vitest';
import { listDestinations } from '../connectors/registry.ts';
import { benchDelivery, benchFlatness } from './delivery.ts';
import { DELIVERY_SUBJECTS } from './delivery-subjects.ts';

test('the figures are those that are promised, of a delivery that lost no row', async () => {
  const [figures, ...more] = await benchDelivery({ rows: 500, only: 'file' });
  expect(more).toEqual([]);
  expect(Object.keys(figures ?? {})).toEqual(['destination', 'rows', 'rowsPerSecond', 'peakMemoryMb']);
  expect(figures).toMatchObject({ destination: 'file', rows: 500 });
  expect(figures?.peakMemoryMb).toBeGreaterThan(0);
}, 60_000);

test('a destination that there is none of is named as such', async () => {
  await expect(benchDelivery({ rows: 1, only: 'ftp' })).rejects.toThrow(/one of xandr/);
});

test('every kind of destination is measured, and Xandr in each of its forms', () => {
  const measured = new Set(DELIVERY_SUBJECTS.map(({ kind }) => kind as string));
  expect([...measured].sort()).toEqual(
    listDestinations()
      .map(({ kind }) => kind)
      .sort(),
  );
  const names = DELIVERY_SUBJECTS.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['xandr', 'xandr-avro', 'xandr-streaming', 'the-trade-desk+uid2']));
  expect(new Set(names).size).toBe(names.length);
});

test.each(['xandr-avro', 'xandr-streaming', 'the-trade-desk+uid2'])(
  '%s delivers every row',
  async (only) => {
    expect(await benchDelivery({ rows: 400, only })).toMatchObject([{ destination: only, rows: 400 }]);
  },
  60_000,
);

test('memory is told of a quarter of the rows and of all of them', async () => {
  const [figures] = await benchFlatness({ rows: 400, only: 'file' });
  expect(figures?.ratio).toBeCloseTo((figures?.peakMemoryMb ?? 0) / (figures?.quarterPeakMemoryMb ?? 1), 2);
}, 60_000);
