// Rules of speed and time left.
import { expect, test } from 'vitest';
import { PaceMeter } from './pace.ts';

test('speed is of the last seconds, and time left follows it', () => {
  const meter = new PaceMeter();
  expect(meter.at(0, 0, 1000)).toEqual({ perSecond: 0, secondsLeft: undefined });
  expect(meter.at(1_000, 100, 1000)).toEqual({ perSecond: 100, secondsLeft: 9 });
  meter.at(20_000, 100, 1000);
  expect(meter.at(21_000, 200, 1000)).toEqual({ perSecond: 100, secondsLeft: 8 });
});

test('what stands still has no time left to tell', () => {
  const meter = new PaceMeter();
  meter.at(0, 50, 100);
  expect(meter.at(500, 50, 100)).toEqual({ perSecond: 0, secondsLeft: undefined });
});
