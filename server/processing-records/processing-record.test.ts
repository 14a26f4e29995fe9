// Records of processing follow what is configured and what happened, tell an officer of the tenant alone, and count no persons.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { play } from '../testing/play.ts';
import { prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  await prepareActivation(world);
});
afterAll(() => world.close());

const does = 'GET /v1/processing-record';

it('tells purposes, categories, recipients and what protects', async () => {
  await play(world, [
    {
      who: 'osec.compliance-officer',
      does,
      gets: 200,
      showing: {
        controller: { name: 'osec', region: 'eu' },
        activities: [
          {
            dataset_id: '{osec.dataset}',
            purposes: ['advertising'],
            consent_from: ['purposes'],
            identifiers: ['email'],
            attributes: ['last_raincoat (date)', 'complaint (boolean)', 'spend (number)'],
            collaborations: ['col'],
          },
        ],
        recipients: [{ kind: 'file', deliveries: 0, is_transfer_out_of_region: false, is_configured: true }],
        impact: { collaborations: [{ members: ['osec', 'rando'], privacy_threshold: 50 }], incidents: 0 },
      },
      hiding: ['rando.dataset'],
    },
  ]);
});

it('follows what happens: a destination elsewhere, a refusal', async () => {
  const before = await refusals();
  const settings = { folder: 'export', id_type: 'customer' };
  const sending = { name: 'Far', kind: 'file', region: 'us', settings };
  await play(world, [
    { who: 'osec.admin', does: 'POST /v1/destinations', sending, gets: 201, leaves: 'destination.created' },
    { who: 'osec.analyst', does, gets: 'forbidden', leaves: 'access.denied' },
    { who: 'operator', does, gets: 'forbidden', leaves: 'access.denied' },
    {
      who: 'osec.admin',
      does,
      gets: 200,
      showing: {
        recipients: [{ is_transfer_out_of_region: false }, { region: 'us', is_transfer_out_of_region: true }],
      },
    },
  ]);
  expect(await refusals()).toBe(before + 1);
});

async function refusals(): Promise<number> {
  const answer = await world.call({ who: 'osec.compliance-officer', method: 'GET', path: '/v1/processing-record' });
  return answer.body.impact.decisions.access_refused;
}

it('is a page to file as well, in which nobody’s name is markup', async () => {
  const settings = { folder: 'far', id_type: 'customer' };
  const sending = { name: 'A | <b>far</b> place', kind: 'file', region: 'us', settings };
  await play(world, [
    { who: 'osec.admin', does: 'POST /v1/destinations', sending, gets: 201, leaves: 'destination.created' },
  ]);
  const path = '/v1/processing-record/text';
  const { status, text } = await world.call({ who: 'osec.compliance-officer', method: 'GET', path });
  expect(status).toBe(200);
  expect(text).toContain('# Records of processing of osec');
  expect(text).toMatch(/\| crm \| advertising \| purposes \| email \|/);
  expect(text).toContain('| A \\| \\<b\\>far\\</b\\> place | file | us | yes |');
  for (const heading of ['Recipients', 'Security measures', 'Facts for an impact assessment', 'To be added by you']) {
    expect(text).toContain(`## ${heading}`);
  }
});
