// Segments over HTTP: each fault at its spot, only what rules open or what is the tenant's own.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { play, type Step } from '../testing/play.ts';
import { activate, meet, SEGMENT_TEXT } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await meet(world);
});
afterAll(() => world.close());

const parse = (body: object, rest: Partial<Step> = {}): Step => ({
  who: 'osec.analyst',
  does: 'POST /v1/segments/parse',
  sending: { collaboration_id: '{col}', ...body },
  gets: 200,
  ...rest,
});

const keep = (body: object, rest: Partial<Step> = {}): Step => ({
  who: 'osec.analyst',
  does: 'POST /v1/segments',
  sending: { name: 'Old coats', collaboration_id: '{col}', ...body },
  gets: 201,
  ...rest,
});

const EXPRESSION = {
  except: [
    { criterion: { source: 'osec', attribute: 'last_raincoat', operator: '<', value: '2025-01-01' } },
    { criterion: { source: 'osec', attribute: 'complaint', operator: 'is-true' } },
  ],
};

const unknown = (value: object) => ({ criterion: { source: 'osec', attribute: 'spend', operator: '>', ...value } });

describe('parsing', () => {
  it('gives tree, text and plain words of a segment that holds', async () => {
    const showing = { valid: true, expression: EXPRESSION, text: SEGMENT_TEXT, issues: [] };
    await play(world, [
      parse({ text: `  ${SEGMENT_TEXT.replace('EXCEPT', 'except')} ` }, { showing }),
      parse({ expression: EXPRESSION }, { showing }),
    ]);
  });

  it('points at the spot of a fault: by offset in the text, by pointer in the tree', async () => {
    const fault = (spot: object) => ({ showing: { valid: false, expression: null, text: null, issues: [spot] } });
    await play(world, [
      parse({ text: 'osec.last_raincoat <' }, fault({ offset: 20 })),
      parse({ text: 'osec.complaint AND osec.shoe_size > 40' }, fault({ offset: 19 })),
      parse(
        { expression: { and: [EXPRESSION, unknown({ value: 1 })] } },
        fault({ pointer: '/and/1/criterion/attribute' }),
      ),
    ]);
  });

  it('knows no attribute that a rule keeps closed, and none of a partner’s that is', async () => {
    await play(world, [
      parse({ text: 'osec.spend > 100' }, { showing: { valid: false }, hiding: ['number'] }),
      parse({ text: 'rando.spend > 100' }, { showing: { valid: false }, hiding: ['number'] }),
      parse({ text: 'rando.complaint' }, { showing: { valid: true } }),
    ]);
  });

  it('is for either a collaboration or a dataset that the tenant can see, in one of two forms', async () => {
    await play(world, [
      parse({ dataset_id: '{osec.dataset}', text: SEGMENT_TEXT }, { gets: 'request_invalid' }),
      parse({ collaboration_id: undefined, text: SEGMENT_TEXT }, { gets: 'request_invalid' }),
      parse({ text: SEGMENT_TEXT, expression: EXPRESSION }, { gets: 'request_invalid' }),
      parse({}, { gets: 'request_invalid' }),
      parse({ text: SEGMENT_TEXT }, { who: 'velo.analyst', gets: 'not_found' }),
      parse(
        { collaboration_id: undefined, dataset_id: '{rando.dataset}', text: 'own.complaint' },
        { gets: 'not_found' },
      ),
    ]);
  });
});

describe('keeping', () => {
  it('refuses what does not hold, with the spot of each fault', async () => {
    await play(world, [
      keep(
        { text: 'osec.complaint AND' },
        { gets: 'request_invalid', showing: { errors: [{ pointer: '/text', offset: 18 }] } },
      ),
      keep(
        { expression: { or: [EXPRESSION, unknown({ value: 1 })] } },
        { gets: 'request_invalid', showing: { errors: [{ pointer: '/expression/or/1/criterion/attribute' }] } },
      ),
      keep({ text: SEGMENT_TEXT }, { who: 'osec.data-engineer', gets: 'forbidden', leaves: 'access.denied' }),
    ]);
  });

  it('is seen by its tenant alone, partners included', async () => {
    await play(world, [
      keep({ text: SEGMENT_TEXT }, { showing: { expression: EXPRESSION }, leaves: 'segment.created', as: 'seg' }),
      { who: 'osec.compliance-officer', does: 'GET /v1/segments/{seg}', gets: 200, showing: { text: SEGMENT_TEXT } },
      { who: 'rando.analyst', does: 'GET /v1/segments/{seg}', gets: 'not_found' },
      { who: 'rando.analyst', does: 'GET /v1/segments', gets: 200, showing: { items: [] } },
    ]);
  });

  it('takes every attribute of an own dataset, whose name is `own`', async () => {
    const own = { collaboration_id: undefined, dataset_id: '{osec.dataset}' };
    await play(world, [
      keep({ ...own, text: 'own.spend > 100' }, { leaves: 'segment.created', as: 'own' }),
      keep({ ...own, text: 'osec.spend > 100' }, { gets: 'request_invalid' }),
      {
        who: 'osec.data-engineer',
        does: 'DELETE /v1/datasets/{osec.dataset}',
        gets: 202,
        leaves: 'dataset.deleted',
      },
      keep({ ...own, text: 'own.spend > 100' }, { gets: 'not_found' }),
    ]);
  });

  it('is refused once the collaboration is over', async () => {
    await activate(world, { as: 'over', tenants: ['osec', 'rando'] });
    await play(world, [
      { who: 'osec.admin', does: 'POST /v1/collaborations/{over}/end', gets: 202, leaves: 'collaboration.ended' },
      keep({ collaboration_id: '{over}', text: 'osec.complaint' }, { gets: 'state_conflict' }),
    ]);
  });
});
