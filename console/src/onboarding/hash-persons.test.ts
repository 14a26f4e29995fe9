// Rules of hashing named persons in the page: every salt in use, and nothing in the clear on the way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saltedDigest } from '../../../identifiers/salted-digest.ts';
import type { hashPersons } from './hash-persons.ts';

const SALTS = [
  { id: 'slt_1', value: 'one', scope: 'service' },
  { id: 'slt_2', value: 'two', scope: 'service' },
  { id: 'slt_3', value: 'unused', scope: 'service' },
];
const ANSWERS: Record<string, object> = {
  '/v1/datasets': { items: ['slt_1', 'slt_2', 'slt_9'].map((salt_id) => ({ salt_id })), next_cursor: null },
  '/v1/salts': { items: SALTS },
  '/v1/collaborations': { items: [], next_cursor: null },
};
const realFetch = globalThis.fetch;
const sent: string[] = [];
let hash: typeof hashPersons;

beforeAll(async () => {
  Object.assign(globalThis, { location: { origin: 'http://127.0.0.1' } });
  globalThis.fetch = async (input) => {
    const request = input as Request;
    sent.push(`${request.url} ${await request.text()}`);
    return Response.json(ANSWERS[new URL(request.url).pathname]);
  };
  hash = (await import('./hash-persons.ts')).hashPersons;
});
afterAll(() => {
  globalThis.fetch = realFetch;
});

test('each identifier is hashed under each salt in use, and only questions for salts were sent', async () => {
  const hashed = await hash('Ada@Example.org\n06 39 98 12 34', { defaultCountry: 'FR' });
  const digests = ['one', 'two'].flatMap((salt) => [
    saltedDigest({ salt, type: 'email', normalised: 'ada@example.org' }),
    saltedDigest({ salt, type: 'phone', normalised: '+33639981234' }),
  ]);
  expect(hashed).toEqual({ digests, recordIds: [], rows: 2, faults: [], missingSalts: 1 });
  expect(sent).toHaveLength(3);
  expect(sent.join()).not.toMatch(/ada|3998|%40/i);
});

test('without an identifier no salt is asked for', async () => {
  sent.length = 0;
  expect(await hash('record-id\nr-1')).toMatchObject({ digests: [], recordIds: ['r-1'] });
  expect(sent).toEqual([]);
});
