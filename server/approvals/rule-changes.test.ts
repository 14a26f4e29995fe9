// A changed rule waits for a second person of its owner, and of every contributor where the terms say so; there is no way round.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve, findRequest } from '../testing/approving.ts';
import { play, type Step } from '../testing/play.ts';
import { meet, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
const WIDER = { ...RULE, filter_attributes: ['last_raincoat', 'complaint', 'spend'] };

beforeAll(async () => {
  world = await openWorld(['osec', 'rando']);
  const roles = ['data-engineer', 'compliance-officer'];
  await world.addMember({ tenant: 'osec', name: 'both', roles });
});
afterAll(() => world.close());
beforeEach(() => meet(world));

const proposing = (who = 'osec.data-engineer'): Step => ({
  who,
  does: 'PUT /v1/contributions/{osec.con}/rule',
  sending: WIDER,
  gets: 200,
  leaves: ['change.proposed', 'approval.requested'],
  as: 'wider',
});
const accepting: Step = {
  who: 'rando.admin',
  does: 'POST /v1/collaborations/{col}/changes/{wider}/decision',
  sending: { outcome: 'accept' },
  gets: 200,
  leaves: 'change.accepted',
};
const shows = (rule: object): Step => ({
  who: 'rando.admin',
  does: 'GET /v1/contributions/{osec.con}',
  gets: 200,
  showing: { rule },
});

describe('a changed rule', () => {
  it('is shown as a difference, and takes effect when the second person and every member agreed', async () => {
    await play(world, [proposing(), accepting, shows(RULE)]);
    expect((await findRequest(world, 'osec.compliance-officer', 'wider'))?.shown).toMatchObject({
      changes: [{ pointer: '/filter_attributes', text: 'filter attributes: adds spend' }],
      forecast: { text: 'No approved activation draws on it.' },
    });
    expect(await findRequest(world, 'rando.compliance-officer', 'wider')).toBeUndefined();
    const leaves = ['approval.granted', 'change.applied'] as const;
    await approve(world, { who: 'osec.compliance-officer', subject: 'wider', leaves });
    await play(world, [shows(WIDER)]);
  });

  it('is approved by nobody who asked for it', async () => {
    await play(world, [proposing('osec.both')]);
    await approve(world, { who: 'osec.both', subject: 'wider', gets: 'forbidden', leaves: 'access.denied' });
  });

  it('is gone when the second person refuses, and when a member does', async () => {
    await play(world, [proposing()]);
    const refusing = { subject: 'wider', outcome: 'refuse' as const };
    await approve(world, { who: 'osec.compliance-officer', ...refusing, leaves: 'approval.refused' });
    await play(world, [{ ...accepting, gets: 'conflict', leaves: [] }, shows(RULE), proposing()]);
    const asked = await findRequest(world, 'osec.compliance-officer', 'wider');
    await play(world, [
      { ...accepting, sending: { outcome: 'reject' }, leaves: 'change.declined' },
      {
        who: 'osec.compliance-officer',
        does: `GET /v1/approvals/${asked?.id}`,
        gets: 200,
        showing: { status: 'void' },
      },
    ]);
  });

  it('needs an officer of every contributor where the terms say so', async () => {
    const { knex } = world.ground.db;
    const id = world.names.get('col') ?? '';
    const { terms } = await knex('collaborations').where({ id }).first('terms');
    const strict = JSON.stringify({ ...JSON.parse(terms), ruleApproval: 'every-contributor' });
    await knex('collaborations').where({ id }).update({ terms: strict });
    await play(world, [proposing(), accepting]);
    await approve(world, { who: 'osec.compliance-officer', subject: 'wider', leaves: 'approval.granted' });
    await play(world, [shows(RULE)]);
    const leaves = ['approval.granted', 'change.applied'] as const;
    await approve(world, { who: 'rando.compliance-officer', subject: 'wider', leaves });
    await play(world, [shows(WIDER)]);
  });

  it('does not slip in by contributing the dataset again', async () => {
    const again = { dataset_id: '{osec.dataset}', alias: 'osec', rule: WIDER };
    await play(world, [
      {
        who: 'osec.data-engineer',
        does: 'DELETE /v1/contributions/{osec.con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      {
        who: 'osec.data-engineer',
        does: 'POST /v1/collaborations/{col}/contributions',
        sending: again,
        gets: 201,
        leaves: ['contribution.created', 'approval.requested'],
        as: 'again',
      },
    ]);
    const { change_id } = await world.ground.db
      .knex('contributions')
      .where({ id: world.names.get('again') ?? '' })
      .first();
    world.names.set('wider', change_id);
    await play(world, [accepting]);
    const leaves = ['approval.granted', 'change.applied'] as const;
    await approve(world, { who: 'osec.compliance-officer', subject: 'wider', leaves });
  });
});
