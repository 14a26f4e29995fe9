// A withdrawal, from the request to the platform: it holds from the very next release, takes the person out wherever it was
// delivered, survives every later load, and ends in a receipt.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Chamber, PERSONS } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let chamber: Chamber;
beforeAll(async () => {
  chamber = await Chamber.open();
  await chamber.load((person) => (person === 0 ? 0 : 1));
  await chamber.activate();
});
afterAll(() => chamber?.close());

const EVIDENCE = {
  purposes: ['advertising'],
  destinations: ['file'],
  text_sha256: 'a'.repeat(64),
  source: 'newsletter form of 2026',
  obtained_at: '2026-05-01T10:00:00Z',
};
const change = (body: object) => chamber.call('compliance-officer', 'POST /v1/consents', body);
const removalsOf = async (id: string) =>
  (await chamber.call('compliance-officer', `GET /v1/removals?request_id=${id}`)).items;

test('whoever is silent stays, until evidence says otherwise', async () => {
  const first = await chamber.deliver();
  expect(first).toMatchObject({ status: 'delivered', report: { sent: { added: PERSONS - 1, removed: 0 } } });
  expect(chamber.held()).not.toContain('id-0');
  await change({ action: 'grant', digest: chamber.digestOf(0), ...EVIDENCE });
  expect((await chamber.deliver()).report.sent).toEqual({ added: 1, removed: 0 });
  expect(chamber.held()).toContain('id-0');
});

test('a withdrawal takes the person out at the destination without a delivery, with a clock and a receipt', async () => {
  const { id, withdrawn } = await change({ action: 'withdraw', digest: chamber.digestOf(7) });
  expect(withdrawn).toBe(1);
  await chamber.settle();
  const [removal, ...more] = await removalsOf(id);
  expect(more).toEqual([]);
  expect(removal).toMatchObject({ status: 'confirmed', reason: 'withdrawn', removed: 1, destination_kind: 'file' });
  expect(Date.parse(removal.due_at) - Date.parse(removal.requested_at)).toBe(86_400_000);
  const receipt = await chamber.call('compliance-officer', `GET /v1/audit/events/${removal.receipt_event_id}`);
  expect(receipt.event ?? receipt.name ?? JSON.stringify(receipt)).toContain('removal.confirmed');
  expect(chamber.held()).not.toContain('id-7');
  expect(await chamber.world.ground.db.knex('removal_outbox').select('part')).toEqual([]);
});

test('it holds in every later release, and after a load that says yes again', async () => {
  await chamber.load(() => 1);
  await chamber.call('analyst', `POST /v1/audiences/${chamber.id('aud')}/refresh`, {});
  await chamber.settle();
  expect((await chamber.deliver()).report).toMatchObject({ sent: { added: 0, removed: 0 } });
  expect(chamber.held()).not.toContain('id-7');
  expect(chamber.held()).toHaveLength(PERSONS - 1);
});

test('an agreement that is newer than the withdrawal lets the person go again', async () => {
  chamber.world.clock.moveTo('2026-06-01T09:00:00.000Z');
  const obtained_at = chamber.world.clock.now().toISOString();
  await change({ action: 'grant', digest: chamber.digestOf(7), ...EVIDENCE, obtained_at });
  expect((await chamber.deliver()).report.sent).toEqual({ added: 1, removed: 0 });
});

test('who withdrew for another destination or another purpose stays', async () => {
  const body = { action: 'withdraw', digest: chamber.digestOf(8) };
  const { id } = await change({ ...body, destinations: ['meta'] });
  const { id: other } = await change({ ...body, purposes: ['measurement'] });
  await chamber.settle();
  expect([await removalsOf(id), await removalsOf(other)]).toEqual([[], []]);
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 0 });
});

test('consent to marketing emails sends nobody to a platform, however new', async () => {
  const obtained_at = chamber.world.clock.now().toISOString();
  await change({
    action: 'grant',
    digest: chamber.digestOf(9),
    ...EVIDENCE,
    purposes: ['email-marketing'],
    obtained_at,
  });
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 1 });
});

test('many at once, and what is wrong is told at its place', async () => {
  const changes = [10, 11].map((person) => ({ action: 'withdraw', digest: chamber.digestOf(person) }));
  const { id } = await change({ changes });
  await chamber.settle();
  expect(await removalsOf(id)).toMatchObject([{ status: 'confirmed', removed: 2 }]);
  const wrong = { changes: [...changes, { action: 'grant', digest: chamber.digestOf(1), purposes: ['advertising'] }] };
  const answer = await chamber.world.call({
    who: 'osec.data-engineer',
    method: 'POST',
    path: '/v1/consents',
    body: wrong,
  });
  expect(answer.status).toBe(400);
  expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
    '/changes/2/destinations',
    '/changes/2/text_sha256',
    '/changes/2/source',
    '/changes/2/obtained_at',
  ]);
});

test('records are read by person, and no digest rests anywhere', async () => {
  const digest = chamber.digestOf(7);
  const { items } = await chamber.call('admin', `GET /v1/consents?digest=${digest}`);
  expect(items).toMatchObject([
    { obtained_at: expect.any(String) },
    { withdrawn_at: expect.any(String), purposes: null },
  ]);
  const rows = await chamber.world.ground.db.knex('consent_records').select();
  const jobs = await chamber.world.ground.db.knex('jobs').select('input', 'checkpoint');
  expect(JSON.stringify([rows, jobs])).not.toContain(digest.slice(0, 32));
});

test('who objects at one destination, named by record id, is taken out there alone and by every identifier', async () => {
  const records = [{ dataset_id: chamber.id('crm'), record_ids: ['c21'] }];
  expect(chamber.held()).toContain('id-21');
  const { subject_id: list } = await chamber.call('compliance-officer', 'POST /v1/objections', {
    ...{ records, destination_ids: [chamber.id('dst')] },
  });
  await chamber.settle();
  expect(chamber.held()).not.toContain('id-21');
  expect(await removalsOf(list)).toMatchObject([{ status: 'confirmed', reason: 'objected' }]);
  expect((await chamber.deliver()).report.sent).toEqual({ added: 0, removed: 0 });
  const shown = await chamber.call('compliance-officer', `GET /v1/suppression-lists/${list}`);
  expect(shown).toMatchObject({ entries: 1, destination_ids: [chamber.id('dst')], destination_kinds: null });
});
