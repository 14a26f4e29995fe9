// Dead letters as a member sees them: batches whose rows a receiver did not take, without an id, and told again as far as policies allow.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox, type WebhookSandbox } from '../../connectors/webhook/sandbox.ts';
import { asService } from '../database/row-scope.ts';
import { Chamber } from '../testing/chamber.ts';
import { destroyLettersOf, destroyOldLetters } from './dead-letter-service.ts';

const PERSONS = 120;
let chamber: Chamber;
let sandbox: WebhookSandbox;
const unknown = new Set<string>();

beforeAll(async () => {
  chamber = await Chamber.open();
  Object.assign(chamber.world.ground.config, { allowPrivateDestinations: true });
  sandbox = await startWebhookSandbox({ namesIds: true, isKnownId: (id) => !unknown.has(id) });
  await chamber.load(() => 2, { persons: PERSONS });
  const settings = { url: `${sandbox.url}/hook`, id_type: 'customer', max_body_bytes: 1_000 };
  const credentials = { signing_key: SANDBOX_SIGNING_KEY };
  await chamber.activate({ text: 'own.spend >= 0', destination: { kind: 'webhook', settings, credentials } });
}, 120_000);
afterAll(async () => {
  await chamber.close();
  await sandbox.close();
});

const letters = async (query = '?status=waiting') =>
  (await chamber.call('analyst', `GET /v1/dead-letters${query}`)).items;
const everybody = Array.from({ length: PERSONS }, (_, n) => `id-${n}`).sort();
const stored = (id: string) =>
  asService(async () => chamber.world.ground.db.knex('dead_letters').where({ id }).first());
const keysOf = (id: string) =>
  asService(async () => chamber.world.ground.db.knex('wrapped_keys').where({ object_id: id }).select('purpose'));

async function retry(id: string) {
  const letter = await chamber.call('analyst', `POST /v1/dead-letters/${id}/retry`);
  await chamber.settle();
  return chamber.call('analyst', `GET /v1/deliveries/${letter.retry_delivery_id}`);
}

test('a batch with rejected rows is a letter of its own, with counts and codes and no id', async () => {
  for (const id of ['id-3', 'id-4']) unknown.add(id);
  const delivery = await chamber.deliver();
  expect(delivery).toMatchObject({
    status: 'partially_delivered',
    report: { rejected_by_platform: { unknown_id: 2 } },
  });
  const found = await letters(`?delivery_id=${delivery.id}`);
  const rejected = found.reduce(
    (sum: number, { codes }: { codes: { unknown_id: number } }) => sum + codes.unknown_id,
    0,
  );
  expect(rejected).toBe(2);
  expect(found[0]).toMatchObject({
    kind: 'rejected_rows',
    retryable: true,
    status: 'waiting',
    retry_delivery_id: null,
  });
  expect(JSON.stringify(found)).not.toMatch(/id-\d/);
  const row = await stored(found[0].id);
  expect(row.sealed).not.toBeNull();
  expect(JSON.stringify(row)).not.toMatch(/id-\d/);
  const told = await chamber.call('analyst', `GET /v1/deliveries/${delivery.id}/rejected-rows`);
  expect(told.items).toMatchObject(
    [1, 2].map((row) => ({ row, rows: 1, code: 'unknown_id', class: 'unknown_person', retryable: true })),
  );
  expect(told.items[0].what_to_do).toContain('Try again later');
  expect(told.by_code).toMatchObject([{ code: 'unknown_id', rows: 2, retryable_rows: 2 }]);
  expect(JSON.stringify(told)).not.toMatch(/id-\d/);
  expect(await keysOf(found[0].id)).toEqual([{ purpose: 'dead-letter' }]);
});

test('without a retry the next delivery does not tell them again', async () => {
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 0 });
});

test('a retry tells the rows of its batch again, and its ids are gone afterwards', async () => {
  unknown.clear();
  for (const { id } of await letters()) {
    expect(await retry(id)).toMatchObject({ status: 'delivered', mode: 'delta' });
    expect(await stored(id)).toMatchObject({ status: 'retried', sealed: null });
    expect(await keysOf(id)).toEqual([]);
    await expect(retry(id)).rejects.toThrow('retried already');
  }
  expect(sandbox.members()).toEqual(everybody);
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 0 });
});

test('all that waits of a delivery, or one code of it, goes out again by one delivery', async () => {
  for (const id of ['id-3', 'id-40', 'id-99']) unknown.add(id);
  const { id } = await chamber.deliver('', 'full');
  const path = `POST /v1/deliveries/${id}/rejected-rows/retry`;
  await expect(chamber.call('analyst', path, { codes: ['another'] })).rejects.toThrow('Nothing of it waits');
  await expect(chamber.call('compliance-officer', path, {})).rejects.toThrow('403');
  expect((await letters()).length).toBeGreaterThan(1);
  unknown.clear();
  const again = await chamber.call('analyst', path, { codes: ['unknown_id'] });
  await chamber.settle();
  expect(await chamber.call('analyst', `GET /v1/deliveries/${again.id}`)).toMatchObject({
    status: 'delivered',
    report: { sent: { added: 3, removed: 0 } },
  });
  expect(sandbox.members()).toEqual(everybody);
  expect(await letters()).toEqual([]);
  const { by_code } = await chamber.call('analyst', `GET /v1/deliveries/${id}/rejected-rows`);
  expect(by_code).toMatchObject([{ rows: 3, retryable_rows: 0 }]);
  await expect(chamber.call('analyst', path, {})).rejects.toThrow('Nothing of it waits');
}, 60_000);

test('whoever may not leave any more is removed by the retry instead', async () => {
  unknown.add('id-7');
  await chamber.deliver('', 'full');
  const [letter] = await letters();
  unknown.clear();
  await chamber.call('data-engineer', 'POST /v1/consents', {
    changes: [{ action: 'withdraw', digest: chamber.digestOf(7) }],
  });
  await chamber.settle();
  expect((await retry(letter.id)).report.sent.removed).toBeLessThanOrEqual(1);
  expect(sandbox.members()).toEqual(everybody.filter((id) => id !== 'id-7'));
});

test('what a receiver refuses for good cannot be retried, and says what to do', async () => {
  sandbox.inject({ operation: 'receive', kind: 'answer', answer: { status: 410 } });
  expect(await chamber.deliver('', 'full')).toMatchObject({ status: 'failed' });
  const found = await letters();
  expect(found.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['failed_batch', 'not_sent']);
  const rows = found.reduce((sum: number, letter: { rows: number }) => sum + letter.rows, 0);
  expect(rows).toBe(PERSONS - 1);
  await expect(retry(found[0].id)).rejects.toThrow('full delivery');
  expect(await chamber.deliver()).toMatchObject({ status: 'delivered' });
});

test('an erasure and the end of a letter destroy what it had sealed', async () => {
  unknown.add('id-9').add('id-90');
  await chamber.deliver('', 'full');
  const [one] = (await letters()).filter(({ kind }: { kind: string }) => kind === 'rejected_rows');
  await destroyLettersOf(chamber.world.ground, chamber.id('osec'));
  expect(await stored(one.id)).toMatchObject({ status: 'destroyed', sealed: null });
  expect(await keysOf(one.id)).toEqual([]);
  await expect(retry(one.id)).rejects.toThrow('destroyed already');
  chamber.world.clock.moveTo('2026-12-01T00:00:00.000Z');
  await asService(() => destroyOldLetters(chamber.world.ground));
  expect(await letters()).toEqual([]);
});
