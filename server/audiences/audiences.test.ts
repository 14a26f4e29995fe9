// Audiences over HTTP: a segment over a ready match of its own collaboration, at an instant that has passed.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { play, type Step } from '../testing/play.ts';
import { addDataset, contribute, endJobOf, meet, SEGMENT_TEXT } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await meet(world);
  world.names.set('other-mat', world.names.get('mat') ?? '');
  await meet(world);
  await play(world, [
    {
      who: 'osec.analyst',
      does: 'POST /v1/segments',
      sending: { name: 'Old coats', collaboration_id: '{col}', text: SEGMENT_TEXT },
      gets: 201,
      leaves: 'segment.created',
      as: 'seg',
    },
    {
      who: 'osec.analyst',
      does: 'POST /v1/segments',
      sending: { name: 'Own', dataset_id: '{osec.dataset}', text: 'own.complaint' },
      gets: 201,
      leaves: 'segment.created',
      as: 'own',
    },
  ]);
});
afterAll(() => world.close());

const evaluate = (body: object, rest: Partial<Step> = {}): Step => ({
  who: 'osec.analyst',
  does: 'POST /v1/audiences',
  sending: { name: 'Old coats', segment_id: '{seg}', match_id: '{mat}', ...body },
  gets: 202,
  ...rest,
});
const wrongMatch = { gets: 'request_invalid', showing: { errors: [{ pointer: '/match_id' }] } } as const;

describe('an audience', () => {
  it('is queued over a ready match, and shows no size before policies have decided', async () => {
    await play(world, [
      evaluate({}, { showing: { status: 'queued', size: null }, leaves: 'audience.created', as: 'aud' }),
      { who: 'osec.compliance-officer', does: 'GET /v1/audiences/{aud}', gets: 200, showing: { match_id: '{mat}' } },
      { who: 'rando.analyst', does: 'GET /v1/audiences/{aud}', gets: 'not_found' },
      { who: 'rando.analyst', does: 'GET /v1/audiences', gets: 200, showing: { items: [] }, hiding: ['aud'] },
      evaluate({}, { who: 'osec.admin', gets: 'forbidden', leaves: 'access.denied' }),
      evaluate({}, { who: 'rando.analyst', gets: 'not_found' }),
    ]);
  });

  it('needs a match of its own collaboration; over an own dataset it takes none', async () => {
    await play(world, [
      evaluate({ match_id: undefined }, wrongMatch),
      evaluate({ match_id: '{other-mat}' }, { gets: 'not_found' }),
      evaluate({ segment_id: '{own}' }, wrongMatch),
      evaluate(
        { segment_id: '{own}', match_id: undefined },
        { showing: { collaboration_id: null, dataset_id: '{osec.dataset}' }, leaves: 'audience.created' },
      ),
    ]);
  });

  it('names only contributions that the match joins', async () => {
    await addDataset(world, { tenant: 'osec', as: 'third' });
    const third = { tenant: 'osec', dataset: 'third', alias: 'third', as: 'third.con' };
    await contribute(world, { in: 'col', ...third, accepting: ['rando'] });
    await play(world, [
      {
        who: 'osec.analyst',
        does: 'POST /v1/segments',
        sending: { name: 'Third', collaboration_id: '{col}', text: 'third.complaint AND rando.complaint' },
        gets: 201,
        leaves: 'segment.created',
        as: 'seg3',
      },
      evaluate({ segment_id: '{seg3}' }, wrongMatch),
    ]);
  });

  it('is of now or of an earlier instant', async () => {
    const future = { gets: 'request_invalid', showing: { errors: [{ pointer: '/instant' }] } } as const;
    await play(world, [
      evaluate({ instant: '2026-06-01T08:00:00.001Z' }, future),
      evaluate({ instant: '9999-12-31T23:59:59-12:00' }, future),
      evaluate(
        { instant: '2026-06-01T09:00:00+02:00' },
        { showing: { instant: '2026-06-01T07:00:00.000Z' }, leaves: 'audience.created' },
      ),
    ]);
  });

  it('is refreshed over the match of before or another, which must be ready', async () => {
    const refresh = (sending: object | undefined, rest: Partial<Step> = {}): Step => ({
      who: 'osec.analyst',
      does: 'POST /v1/audiences/{aud}/refresh',
      sending,
      gets: 202,
      ...rest,
    });
    await play(world, [evaluate({}, { leaves: 'audience.created', as: 'aud' })]);
    await endJobOf(world, 'audiences', 'aud');
    await play(world, [
      { who: 'osec.analyst', does: 'GET /v1/audiences/{aud}', gets: 200, showing: { size: { fewer_than: 50 } } },
      refresh(undefined, { showing: { status: 'queued', size: null }, leaves: 'audience.refresh-requested' }),
      refresh({}, { who: 'rando.analyst', gets: 'not_found' }),
      {
        who: 'osec.analyst',
        does: 'POST /v1/collaborations/{col}/matches',
        sending: { left_contribution_id: '{osec.con}', right_contribution_id: '{rando.con}' },
        gets: 202,
        leaves: 'match.requested',
        as: 'new-mat',
      },
      refresh({ match_id: '{new-mat}' }, { gets: 'state_conflict' }),
    ]);
  });

  it('goes with a contribution that it was computed from', async () => {
    await play(world, [
      evaluate({}, { leaves: 'audience.created', as: 'aud' }),
      {
        who: 'rando.data-engineer',
        does: 'DELETE /v1/contributions/{rando.con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      { who: 'osec.analyst', does: 'GET /v1/audiences/{aud}', gets: 200, showing: { status: 'failed', size: null } },
      evaluate({}, { gets: 'state_conflict' }),
    ]);
  });
});
