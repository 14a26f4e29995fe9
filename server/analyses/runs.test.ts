// Questions over HTTP: refused by any contributor's rule or for want of budget before anybody is counted, and paid for once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRICT } from '../../policies/privacy-terms.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { newId } from '../ids.ts';
import { play, type Step } from '../testing/play.ts';
import { activate, addDataset, contribute, endJobOf, meet, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { getBudget, reserve } from './privacy-ledger.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await meet(world);
});
afterAll(() => world.close());

const OVERLAP = { analysis: 'overlap', match_id: '{mat}' };

const ask = (sending: object, rest: Partial<Step> = {}): Step => ({
  who: 'osec.analyst',
  does: 'POST /v1/collaborations/{col}/runs',
  sending,
  gets: 202,
  leaves: 'analysis.requested',
  ...rest,
});
const preview = (sending: object, rest: Partial<Step> = {}): Step => ({
  ...ask(sending, rest),
  does: 'POST /v1/collaborations/{col}/runs/preview',
  gets: 200,
  leaves: 'analysis.previewed',
  ...rest,
});

const budgetLeft = async () => {
  const { body } = await world.call({
    who: 'rando.analyst',
    method: 'GET',
    path: `/v1/collaborations/${world.names.get('col')}/privacy-budget`,
  });
  return body.left_pico_rho as number;
};

describe('a preview', () => {
  it('tells the question, its cost and its noise, and spends nothing', async () => {
    const before = await budgetLeft();
    await play(world, [
      preview(OVERLAP, {
        showing: {
          question: 'How many persons stand in both osec and rando, and by which identifier were they found?',
          threshold: 50,
          noise: [
            { metric: 'persons', unit: 'persons', interval_half_width: 98 },
            { metric: 'by-identifier', unit: 'persons', interval_half_width: 98 },
          ],
          cost: { is_free: false, left_pico_rho: before },
          decision: { outcome: 'allow' },
        },
      }),
    ]);
    expect(await budgetLeft()).toBe(before);
  });

  it('tells beforehand that a rule would refuse', async () => {
    const profile = { analysis: 'profile', match_id: '{mat}', breakdown: [{ source: 'osec', attribute: 'complaint' }] };
    await play(world, [
      preview(profile, {
        showing: { decision: { outcome: 'deny', reasons: ['breakdown_not_allowed'] } },
      }),
    ]);
  });
});

describe('a question', () => {
  it('reserves its cost, and is shown to its own tenant alone', async () => {
    const before = await budgetLeft();
    await play(world, [
      ask(OVERLAP, { showing: { status: 'queued', result: null, cost: { is_free: false } }, as: 'run' }),
      { who: 'osec.compliance-officer', does: 'GET /v1/runs/{run}', gets: 200, showing: { id: '{run}' } },
      { who: 'rando.analyst', does: 'GET /v1/runs/{run}', gets: 'not_found' },
      { who: 'rando.analyst', does: 'GET /v1/runs/{run}/csv', gets: 'not_found' },
    ]);
    const { body } = await world.call({
      who: 'osec.analyst',
      method: 'GET',
      path: `/v1/runs/${world.names.get('run')}`,
    });
    expect(await budgetLeft()).toBe(before - body.cost.pico_rho);
    expect(body.cost.pico_rho).toBeGreaterThan(0);
  });

  it('that any contributor’s rule does not allow is refused with its decision, and costs nothing', async () => {
    const before = await budgetLeft();
    const size = { analysis: 'segment-size', match_id: '{mat}', segment_text: 'osec.complaint' };
    await play(world, [
      ask(size, {
        gets: 'refused_by_policy',
        showing: { decision: { outcome: 'deny', reasons: ['analysis_not_allowed'] } },
        leaves: 'analysis.refused',
      }),
    ]);
    expect(await budgetLeft()).toBe(before);
  });

  it('with a field too many or too few is refused at its spot', async () => {
    const at = (pointer: string) => ({ errors: [{ pointer }] });
    const refused = { gets: 'request_invalid', leaves: [] } as const;
    await play(world, [
      ask({ analysis: 'overlap' }, { ...refused, showing: at('/match_id') }),
      ask({ ...OVERLAP, model: 'linear' }, { ...refused, showing: at('/model') }),
      ask({ analysis: 'segment-size', match_id: '{mat}' }, { ...refused, showing: at('/segment') }),
      ask(
        { analysis: 'segment-size', match_id: '{mat}', segment_text: 'osec.spend > 5' },
        { ...refused, showing: at('/segment_text') },
      ),
      ask({ ...OVERLAP, match_id: 'mat_00000000000000000000000000' }, { gets: 'not_found', leaves: [] }),
    ]);
  });

  it('is for analysts of accepted members', async () => {
    await play(world, [
      ask(OVERLAP, { who: 'osec.connector', gets: 'forbidden', leaves: 'access.denied' }),
      ask(OVERLAP, { who: 'velo.analyst', gets: 'not_found', leaves: [] }),
      { who: 'velo.analyst', does: 'GET /v1/collaborations/{col}/privacy-budget', gets: 'not_found' },
    ]);
  });

  it('is refused once the two tenants have had a hundred releases within a day', async () => {
    const { knex } = world.ground.db;
    const [low, high] = [world.names.get('osec'), world.names.get('rando')].sort();
    const created_at = world.clock.now().toISOString();
    const rows = Array.from({ length: 100 }, () => ({
      subject_id: newId('run'),
      tenant_id: low,
      other_tenant_id: high,
      created_at,
    }));
    await knex('releases').insert(rows);
    await play(world, [
      ask(OVERLAP, {
        gets: 'refused_by_policy',
        showing: { decision: { reasons: ['releases_exhausted'] } },
        leaves: 'analysis.refused',
      }),
    ]);
    await knex('releases')
      .whereIn(
        'subject_id',
        rows.map(({ subject_id }) => subject_id),
      )
      .delete();
  });

  it('is refused when the budget is spent, and says so', async () => {
    const { ground } = world;
    const collaborationId = world.names.get('col') ?? '';
    const ledger = { collaborationId, terms: STRICT, now: world.clock.now().toISOString(), datasets: [] };
    const { left } = await getBudget(ground.db.knex, ledger);
    const spending = {
      tenantId: newId('ten'),
      subjectId: newId('run'),
      snapshot: 'a'.repeat(64),
      question: 'b'.repeat(64),
      cost: left,
      isRelease: false,
    };
    const event = {
      tenantId: null,
      actor: { kind: 'service', id: 'test' },
      event: 'service.started',
      outcome: 'succeeded',
      subject: { kind: 'test', id: 'test' },
      detail: {},
    } as const;
    await auditedTransaction(ground.db, event, (tx) => reserve(tx, ledger, spending));
    await play(world, [
      ask(OVERLAP, {
        gets: 'refused_by_policy',
        showing: { decision: { reasons: ['budget_exhausted'] } },
        leaves: 'analysis.refused',
      }),
    ]);
  });
});

describe('the terms of privacy', () => {
  const terms = (privacy: object) => ({
    who: 'osec.admin',
    does: 'POST /v1/collaborations',
    sending: { name: 'x', alias: 'osec', members: [{ tenant_id: '{rando}', alias: 'rando' }], terms: { privacy } },
  });

  it('are strict where nothing is said, and say in sentences what members give up', async () => {
    const refused = (pointer: string) => ({ gets: 'request_invalid' as const, showing: { errors: [{ pointer }] } });
    await play(world, [
      {
        ...terms({}),
        gets: 201,
        showing: { terms: { privacy: { preset: 'strict', epsilon: 3, delta: 1e-6, sigma: 50, gives_up: [] } } },
        leaves: 'collaboration.created',
      },
      {
        ...terms({ preset: 'custom', period_days: 7 }),
        gets: 201,
        showing: {
          terms: { privacy: { preset: 'custom', gives_up: [expect.stringContaining('whole again after 7 days')] } },
        },
        leaves: 'collaboration.created',
      },
      { ...terms({ epsilon: 4 }), ...refused('/terms/privacy/preset') },
    ]);
  });
});

describe('one question', () => {
  const hashes = async (names: readonly string[]) =>
    Promise.all(
      names.map(async (name) => {
        const id = world.names.get(name) ?? '';
        return (await world.ground.db.knex('analysis_runs').where({ id }).first('question_hash')).question_hash;
      }),
    );

  it('is the same whichever side is left, whatever order its conditions have, and whoever asks', async () => {
    const rule = { ...RULE, allowed_analyses: ['overlap', 'segment-size'] };
    await activate(world, { as: 'two', tenants: ['osec', 'rando'] });
    for (const [tenant, other] of [
      ['osec', 'rando'],
      ['rando', 'osec'],
    ] as const) {
      await addDataset(world, { tenant, as: `${tenant}.two` });
      const offer = { in: 'two', tenant, dataset: `${tenant}.two`, alias: tenant, as: `${tenant}.in-two` };
      await contribute(world, { ...offer, accepting: [other], rule });
    }
    for (const [left, right, as] of [
      ['osec', 'rando', 'there'],
      ['rando', 'osec', 'back'],
    ]) {
      await play(world, [
        {
          who: 'osec.analyst',
          does: 'POST /v1/collaborations/{two}/matches',
          sending: { left_contribution_id: `{${left}.in-two}`, right_contribution_id: `{${right}.in-two}` },
          gets: 202,
          leaves: 'match.requested',
          as: as ?? '',
        },
      ]);
      await endJobOf(world, 'matches', as ?? '');
    }
    const size = (who: string, match: string, text: string, as: string) =>
      ask(
        { analysis: 'segment-size', match_id: `{${match}}`, segment_text: text },
        { who, does: 'POST /v1/collaborations/{two}/runs', as },
      );
    await play(world, [
      size('osec.analyst', 'there', 'osec.complaint AND osec.last_raincoat < 2025-01-02', 'one'),
      size('rando.analyst', 'back', 'osec.last_raincoat <= 2025-01-01 AND osec.complaint = true', 'same'),
      size('osec.analyst', 'there', 'osec.complaint AND osec.last_raincoat < 2025-01-03', 'other'),
    ]);
    const [one, same, other] = await hashes(['one', 'same', 'other']);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});
