// How much one person's events may weigh on the time of an answer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestEngine, type TestEngine } from '../engine/test-engine.ts';
import { latestSql } from './events.ts';
import { MAX_EVENTS_PER_PERSON } from './limits.ts';

let opened: TestEngine;

beforeAll(async () => {
  opened = await openTestEngine('embedded');
});

afterAll(() => opened.close());

test('of a person with too many events the latest are held against its purchases', async () => {
  const more = 500;
  const [row] = await opened.engine.query<{ seen: number[] }>(
    `SELECT ${latestSql('toFloat64(n)')} AS seen
     FROM (SELECT number AS n FROM numbers({count:UInt64}) ORDER BY sipHash64(number))`,
    { count: MAX_EVENTS_PER_PERSON + more },
  );
  expect(row?.seen).toEqual(Array.from({ length: MAX_EVENTS_PER_PERSON }, (_, n) => n + more));
});
