// Searching and exporting over HTTP: every question, within the own tenant, and the export leaves an event itself.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../testing/play.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
let from: string;
const officer = 'osec.compliance-officer';

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  from = new Date().toISOString();
  await play(world, [
    {
      who: 'osec.admin',
      does: 'POST /v1/members',
      sending: { name: 'Eve', roles: ['analyst'] },
      gets: 201,
      leaves: 'member.added',
      as: 'eve',
    },
    {
      who: 'osec.connector',
      does: 'POST /v1/members',
      sending: { name: 'Mallory', roles: ['analyst'] },
      gets: 403,
      leaves: 'access.denied',
    },
  ]);
});
afterAll(() => world?.close());

const search = async (query: string, who = officer) => {
  const answer = await world.call({ who, method: 'GET', path: `/v1/audit/events?${query}` });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.items.map(({ event }: { event: string }) => event);
};
const lines = async (query = '', who = officer) => {
  const answer = await world.call({ who, method: 'GET', path: `/v1/audit/export?${query}` });
  expect(answer.status, answer.text).toBe(200);
  return answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
};

test('each question narrows, and all of them together', async () => {
  expect(await search(`since=${from}`)).toEqual(['access.denied', 'member.added']);
  expect(await search(`since=${from}&outcome=denied`)).toEqual(['access.denied']);
  expect(await search(`subject_id=${world.names.get('eve')}`)).toEqual(['member.added']);
  expect(await search(`actor_id=${world.names.get('osec.connector')}`)).toEqual(['access.denied']);
  expect(await search(`event=member.added&since=${from}&actor_id=${world.names.get('osec.admin')}`)).toEqual([
    'member.added',
  ]);
  expect(await search(`until=${from}`)).not.toContain('access.denied');
  expect(await search(`tenant_id=${world.names.get('osec')}&since=${from}`)).toHaveLength(2);
  // The same instant, written with an offset.
  const offset = new Date(Date.parse(from) + 7_200_000).toISOString().replace('Z', '%2B02:00');
  expect(await search(`since=${offset}`)).toHaveLength(2);
});

test('another tenant is not there, and a question that is none is refused with its place', async () => {
  const of = (query: string) => world.call({ who: officer, method: 'GET', path: `/v1/audit/events?${query}` });
  expect((await of(`tenant_id=${world.names.get('rando')}`)).status).toBe(404);
  expect(await search(`actor_id=${world.names.get('osec.admin')}`, 'rando.compliance-officer')).toEqual([]);
  for (const query of ['since=yesterday', 'outcome=maybe', 'actor=x']) {
    const answer = await of(query);
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
  }
});

test('the export is every own event once, in the order of the log, and records itself without what was asked', async () => {
  const exported = await lines();
  const indices = exported.map(({ index }) => index);
  expect(indices).toEqual(indices.toSorted((a, b) => a - b));
  expect(new Set(exported.map(({ tenant_id }) => tenant_id))).toEqual(new Set([world.names.get('osec')]));
  const rows = await world.ground.db
    .knex('audit_leaves')
    .where({ tenant_id: world.names.get('osec') })
    .count({ n: '*' });
  // All but the event of this very export.
  expect(exported).toHaveLength(Number(rows[0]?.n) - 1);
  expect(exported.every(({ leaf, id }) => JSON.parse(leaf).id === id)).toBe(true);
  const [recorded] = (await lines('event=audit-log.exported&subject_id=log')).slice(-1);
  expect(recorded).toMatchObject({ actor: { id: world.names.get(officer) }, detail: { narrowedBy: [] } });
  const [second] = (await lines('event=audit-log.exported')).slice(-1);
  expect(second.detail).toEqual({ size: expect.any(Number), narrowedBy: ['event', 'subject_id'] });
  expect((await world.call({ who: 'osec.connector', method: 'GET', path: '/v1/audit/export' })).status).toBe(403);
});
