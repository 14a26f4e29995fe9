// The circuit breaker on volume: three times larger than ever before waits for a person, who agrees to that volume alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chamber } from '../testing/chamber.ts';

let chamber: Chamber;
beforeAll(async () => {
  chamber = await Chamber.open();
  await load(60);
  await chamber.activate({ text: 'own.spend >= 0' });
}, 120_000);
afterAll(() => chamber.close());

const load = (persons: number) => chamber.load(() => 1, { persons });
const asked = async () => (await chamber.call('compliance-officer', 'GET /v1/approvals?status=pending')).items;

async function grow(persons: number): Promise<void> {
  await load(persons);
  await chamber.call('analyst', `POST /v1/audiences/${chamber.id('aud')}/refresh`, {});
  await chamber.settle();
}

async function decide(outcome: 'approve' | 'refuse') {
  const [request] = await asked();
  const path = `/v1/approvals/${request.id}/decision`;
  await chamber.call('compliance-officer', `POST ${path}`, { outcome, shown_hash: request.shown_hash });
  await chamber.settle();
  return chamber.call('analyst', `GET /v1/deliveries/${request.subject.id}`);
}

test('the first delivery is held against what its approvers were shown', async () => {
  await grow(200);
  expect(await chamber.deliver()).toMatchObject({
    status: 'awaiting_approval',
    held: { volume: { value: 200 }, largest_before: { value: 60 } },
    report: null,
  });
  expect(chamber.held()).toEqual([]);
  const [request] = await asked();
  expect(request).toMatchObject({ subject: { kind: 'delivery' }, requested_by: chamber.id('osec.analyst') });
  expect(request.summary).toContain('200 persons, where 60 were the most');
});

test('refused, nothing leaves, and the next delivery asks anew', async () => {
  expect(await decide('refuse')).toMatchObject({ status: 'refused', phase: 'volume_refused' });
  expect(chamber.held()).toEqual([]);
  expect(await chamber.deliver()).toMatchObject({ status: 'awaiting_approval' });
});

test('a second person lets it on, once and for this volume', async () => {
  const [request] = await asked();
  const mine = chamber.call('analyst', `POST /v1/approvals/${request.id}/decision`, {
    outcome: 'approve',
    shown_hash: request.shown_hash,
  });
  await expect(mine).rejects.toThrow('403');
  expect(await decide('approve')).toMatchObject({ status: 'delivered', report: { sent: { added: 200, removed: 0 } } });
  expect(chamber.held()).toHaveLength(200);
});

test('an audience that grows less goes by itself; one that grew more meanwhile is asked for again', async () => {
  await grow(590);
  expect(await chamber.deliver()).toMatchObject({ status: 'delivered', report: { sent: { added: 390 } }, held: null });
  await grow(1770);
  expect(await chamber.deliver()).toMatchObject({ status: 'awaiting_approval' });
  await grow(2500);
  expect(await decide('approve')).toMatchObject({ status: 'awaiting_approval', held: { volume: { value: 2500 } } });
  expect(chamber.held()).toHaveLength(590);
  expect(await decide('approve')).toMatchObject({ status: 'delivered', report: { sent: { added: 1910 } } });
}, 60_000);
