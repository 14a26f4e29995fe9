// The benchmark of deliveries measures what it says, on few rows.
import { expect, test } from 'vitest';
import { benchDelivery } from './delivery.ts';

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
