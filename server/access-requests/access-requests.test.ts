// What is held of a person is told to their officer, whole and once sealed: with every destination that was told of them, and gone
// when its days are over or somebody is erased.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sweep } from '../sweep/sweep.ts';
import { Chamber } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let chamber: Chamber;
beforeAll(async () => {
  chamber = await Chamber.open();
  await chamber.load(() => 1);
  await chamber.activate();
});
afterAll(() => chamber?.close());

const officer = (what: string, body?: unknown) => chamber.call('compliance-officer', what, body);

async function ask(persons: object, terms: object = {}) {
  const { id } = await officer('POST /v1/access-requests', { persons, ...terms });
  await chamber.settle();
  return officer(`GET /v1/access-requests/${id}`);
}

const answerOf = ({ id }: { id: string }) => officer(`GET /v1/access-requests/${id}/answer`);
const person = (n: number) => ({ digests: [chamber.digestOf(n)] });

test('the answer has the values, their source, the audience, the delivery with its consent, and the objection', async () => {
  const delivery = await chamber.deliver();
  await officer('POST /v1/consents', {
    ...{ action: 'grant', digest: chamber.digestOf(7), purposes: ['advertising'], destinations: ['file'] },
    ...{ text_sha256: 'a'.repeat(64), source: 'form', obtained_at: '2026-05-01T10:00:00Z' },
  });
  await officer('POST /v1/objections', { ...person(7), purposes: ['measurement'] });
  await chamber.settle();
  const ready = await ask(person(7), { reference: 'ticket 12' });
  expect(ready).toMatchObject({ status: 'ready', found: { persons: 1, datasets: 1 }, days_left: 30 });
  const answer = await answerOf(ready);
  expect(answer.datasets).toMatchObject([
    {
      dataset_id: chamber.id('crm'),
      region: 'eu',
      is_visible: true,
      columns: expect.arrayContaining([{ name: 'spend', role: 'attribute', type: 'number' }]),
      persons: [
        {
          is_named: true,
          identifiers: { email: 1 },
          attributes: { activity: 'hobby-7', spend: 7, complaint: false, last_raincoat: '2025-01-31' },
          activation_ids: [{ column: 'xandr_id', type: 'customer', profile: null, id: 'id-7' }],
          consent: [
            { kind: 'purposes-column', detail: { grants: [{ purpose: 'advertising', destinations: ['file'] }] } },
          ],
          records: [{ activity: 'hobby-7', purposes: 'advertising@file' }],
        },
      ],
    },
  ]);
  expect(answer.audiences).toMatchObject([{ audience_id: chamber.id('aud'), dataset_id: chamber.id('crm') }]);
  const { event_id } = delivery.decision;
  const decided = await officer(`GET /v1/audit/events/${event_id}`);
  expect(answer.releases).toMatchObject([
    {
      destination_id: chamber.id('dst'),
      kind: 'file',
      purposes: ['advertising'],
      told: [{ change: 'added', delivery_id: delivery.id, at: delivery.finished_at, decision_event_id: event_id }],
    },
  ]);
  expect(JSON.stringify(decided)).toContain(answer.releases[0].told[0].consent_snapshot_hash);
  expect(answer.consent_records).toMatchObject([{ purposes: ['advertising'], source: 'form', withdrawn_at: null }]);
  expect(answer.suppressions).toMatchObject([{ purposes: ['measurement'], destination_kinds: null }]);
  expect(answer).toMatchObject({ collaborations: [], possible_releases: [], tombstones: [], waiting_uploads: [] });
  expect(JSON.stringify(answer)).not.toMatch(/hobby-[0-689]|id-[0-689]\b/);
});

test('taking it is the receipt, and nothing of the person stands in the log, the job or the table', async () => {
  const ready = await ask({ records: [{ dataset_id: chamber.id('crm'), record_ids: ['c9'] }] });
  expect((await answerOf(ready)).datasets[0].persons[0].attributes.activity).toBe('hobby-9');
  const done = await officer(`GET /v1/access-requests/${ready.id}`);
  expect(done).toMatchObject({ status: 'answered', days_left: null, overdue: false });
  const path = `/v1/receipts/${done.receipt_event_id}`;
  const receipt = await chamber.world.call({ who: 'osec.compliance-officer', method: 'GET', path });
  expect(receipt.text).toContain('c2sp.org');
  const { knex } = chamber.world.ground.db;
  const stored = await Promise.all([knex('access_requests'), knex('jobs'), knex('audit_leaves')]);
  expect(JSON.stringify(stored)).not.toMatch(/hobby-|id-9\b|"c9"/);
  expect((await chamber.engine.listTables()).filter((name) => name.startsWith('acc_'))).toEqual([]);
});

test('an answer that others might stand in is not gathered', async () => {
  const digests = [1, 2, 3].map((n) => chamber.digestOf(n));
  const failed = await ask({ digests }, { max_persons: 2 });
  expect(failed).toMatchObject({ status: 'failed', failure: { code: 'too_many_persons' } });
  await expect(answerOf(failed)).rejects.toThrow('409');
});

test('nobody found is an answer too', async () => {
  const ready = await ask({ digests: ['f'.repeat(64)] });
  expect(ready.found).toEqual({ persons: 0, datasets: 0 });
  expect(await answerOf(ready)).toMatchObject({ datasets: [], releases: [], suppressions: [] });
});

test('it is destroyed when somebody is erased meanwhile, and when its days are over', async () => {
  const { ground, clock } = chamber.world;
  const [waiting, old] = [await ask(person(11)), await ask(person(12))];
  await officer('POST /v1/deletion-requests', { persons: person(11) });
  await chamber.settle();
  expect(await officer(`GET /v1/access-requests/${waiting.id}`)).toMatchObject({ status: 'destroyed' });
  await expect(answerOf(old)).rejects.toThrow('409');
  const again = await ask(person(11));
  expect(await answerOf(again)).toMatchObject({ datasets: [], tombstones: [{ since: expect.any(String) }] });
  const last = await ask(person(12));
  clock.moveTo(last.answer_until);
  await sweep(ground);
  expect(await officer(`GET /v1/access-requests/${last.id}`)).toMatchObject({
    status: 'destroyed',
    answer_until: last.answer_until,
  });
  await expect(answerOf(last)).rejects.toThrow('409');
  expect(await ground.db.knex('wrapped_keys').where({ purpose: 'person-answer' })).toEqual([]);
  clock.moveTo('2026-12-31T00:00:00.000Z');
  const { items } = await officer('GET /v1/access-requests?overdue=true');
  expect(items.map(({ id }: { id: string }) => id)).toContain(last.id);
});
