// Parts of an upload over HTTP: what is taken, what is refused and in which words, and what is kept of a part that was cut off.
import { createHash, randomBytes } from 'node:crypto';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../testing/world.ts';

const WHO = 'osec.data-engineer';
const FILE = randomBytes(2_500_000);

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  // The library that answers HEAD goes by the clock of the machine.
  world.clock.moveTo(new Date().toISOString());
});
afterAll(() => world?.close());

const tus = (who = WHO) => ({ authorization: `Bearer ${world.secretOf(who)}`, 'tus-resumable': '1.0.0' });
const part = (offset: string, type = 'application/offset+octet-stream') => ({
  ...tus(),
  'upload-offset': offset,
  'content-type': type,
});

async function create(bytes = FILE.length): Promise<string> {
  const sha256 = createHash('sha256').update(FILE).digest('hex');
  const metadata = `filename ${btoa('crm.csv')},sha256 ${btoa(sha256)}`;
  const headers = { ...tus(), 'upload-length': String(bytes), 'upload-metadata': metadata };
  const answer = await fetch(`${world.url}/v1/uploads`, { method: 'POST', headers });
  return world.url + answer.headers.get('location');
}

const patch = (url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) =>
  fetch(url, { method: 'PATCH', headers, body });

async function offsetOf(url: string): Promise<number> {
  const head = await fetch(url, { method: 'HEAD', headers: tus() });
  return Number(head.headers.get('upload-offset'));
}

/** A part whose sender decides when it goes on. */
function openPart(url: string, headers: Record<string, string>): ClientRequest {
  const sending = httpRequest(url, { method: 'PATCH', headers });
  sending.on('error', () => undefined);
  return sending;
}

test('parts add up, and the last one completes the upload', async () => {
  const url = await create();
  const first = await patch(url, part('0'), FILE.subarray(0, 1_200_000));
  expect(first.status).toBe(204);
  expect(first.headers.get('upload-offset')).toBe('1200000');
  expect(first.headers.get('tus-resumable')).toBe('1.0.0');
  expect(first.headers.get('upload-expires')).toMatch(/GMT$/);
  expect(await offsetOf(url)).toBe(1_200_000);
  const last = await patch(url, part('1200000'), FILE.subarray(1_200_000));
  expect([last.status, last.headers.get('upload-offset')]).toEqual([204, String(FILE.length)]);
  const row = await world.call({ who: WHO, method: 'GET', path: new URL(url).pathname });
  expect(row.body).toMatchObject({ status: 'complete', bytes: FILE.length });
  expect((await patch(url, part(String(FILE.length)), FILE.subarray(0, 0))).status).toBe(410);
});

test.each<[string, number, string, () => Record<string, string>]>([
  ['another offset', 409, 'conflict', () => part('5')],
  ['an offset beyond the end', 409, 'conflict', () => part('9000000')],
  ['no whole number', 400, 'request_invalid', () => part('1e3')],
  ['another media type', 400, 'request_invalid', () => part('0', 'text/csv')],
  ['another protocol', 400, 'request_invalid', () => ({ ...part('0'), 'tus-resumable': '0.2.2' })],
  ['a key of another tenant', 404, 'not_found', () => ({ ...part('0'), ...tus('rando.data-engineer') })],
  ['a key without the role', 403, 'forbidden', () => ({ ...part('0'), ...tus('osec.analyst') })],
])('%s is refused, and nothing is kept', async (_case, status, code, headersOf) => {
  const url = await create();
  const answer = await patch(url, headersOf(), FILE.subarray(0, 10));
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
  expect(await offsetOf(url)).toBe(0);
});

test('a part longer than the upload is refused, whether it says so or not', async () => {
  const url = await create(1000);
  expect((await patch(url, part('0'), FILE.subarray(0, 1001))).status).toBe(413);
  expect(await offsetOf(url)).toBe(0);
  const status = await new Promise((resolve) => {
    const sending = openPart(url, part('0'));
    sending.on('response', (response) => resolve(response.resume().statusCode));
    sending.end(FILE.subarray(0, 1001));
  });
  expect(status).toBe(413);
  expect(await offsetOf(url)).toBe(0);
  expect((await patch(url, part('0'), FILE.subarray(0, 1000))).status).toBe(204);
});

test('of a part that is cut off what arrived is kept, and the sender goes on from there', async () => {
  const url = await create();
  const sending = openPart(url, { ...part('0'), 'content-length': String(FILE.length) });
  await new Promise((resolve) => sending.write(FILE.subarray(0, 1_500_000), resolve));
  sending.destroy();
  await expect.poll(() => offsetOf(url), { timeout: 15_000 }).toBeGreaterThan(0);
  const kept = await offsetOf(url);
  expect(kept).toBeLessThanOrEqual(1_500_000);
  expect((await patch(url, part(String(kept)), FILE.subarray(kept))).status).toBe(204);
}, 20_000);

test('a connection that fell silent gives way to who asks where to go on', async () => {
  const url = await create();
  const silent = openPart(url, { ...part('0'), 'content-length': String(FILE.length) });
  const closed = new Promise((resolve) => silent.on('close', resolve));
  await new Promise((resolve) => silent.write(FILE.subarray(0, 100), resolve));
  const kept = await offsetOf(url);
  expect([0, 100]).toContain(kept);
  silent.destroy();
  await closed;
  const rest = await offsetOf(url);
  expect((await patch(url, part(String(rest)), FILE.subarray(rest))).status).toBe(204);
}, 20_000);

test('an upload whose time is over takes no part', async () => {
  const url = await create();
  world.clock.moveTo('2099-06-01T08:00:00.000Z');
  const answer = await patch(url, part('0'), FILE.subarray(0, 10));
  expect([answer.status, (await answer.json()).code]).toEqual([410, 'upload_gone']);
});
