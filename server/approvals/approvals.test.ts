// Activations and their approvals over HTTP: a second person of every contributor, for the exact terms that were shown.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listEvents, play, type Step } from '../testing/play.ts';
import {
  activate,
  addDataset,
  contribute,
  endDryRun,
  endJobOf,
  prepareActivation,
  RULE,
  SEGMENT_TEXT,
} from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await world.addMember({ tenant: 'osec', name: 'both', roles: ['analyst', 'compliance-officer'] });
});
afterAll(() => world.close());

const drafting = (who = 'osec.analyst', rest: Partial<Step> = {}): Step => ({
  who,
  does: 'POST /v1/activations',
  sending: { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' },
  gets: 201,
  leaves: 'activation.requested',
  as: 'act',
  ...rest,
});

const submit: Step = {
  who: 'osec.analyst',
  does: 'POST /v1/activations/{act}/submit',
  gets: 200,
  showing: { status: 'awaiting_approval' },
  leaves: ['approval.requested', 'activation.preview-requested'],
};

const decides = (who: string, of: string, outcome: 'approve' | 'refuse', rest: Partial<Step> = {}): Step => ({
  who,
  does: `POST /v1/approvals/{of-${of}}/decision`,
  sending: { outcome, shown_hash: `{shown-${of}}` },
  gets: 200,
  ...rest,
});

const shows = (showing: object): Step => ({
  who: 'osec.connector',
  does: 'GET /v1/activations/{act}',
  gets: 200,
  showing,
});

/** As an approved and accepted change would leave it. */
async function narrowRule(tenant: string): Promise<void> {
  const { knex } = world.ground.db;
  const id = world.names.get(`${tenant}.con`) ?? '';
  const { rule } = await knex('contributions').where({ id }).first('rule');
  await knex('contributions')
    .where({ id })
    .update({ rule: JSON.stringify({ ...JSON.parse(rule), privacyThreshold: 70 }) });
}

/** The dry run ends; keeps the approvals of the activation as `of-osec` and `of-rando`, and what each was shown as `shown-osec`, `shown-rando`. */
async function keepApprovals(): Promise<void> {
  await endDryRun(world, 'act', { wouldDeliver: 12_300, refused: { consent_purpose: 1840 } });
  await keepShown();
}

async function keepShown(): Promise<void> {
  const path = `/v1/activations/${world.names.get('act')}`;
  const { body } = await world.call({ who: 'osec.analyst', method: 'GET', path });
  for (const tenant of ['osec', 'rando']) {
    const own = body.approvals.find((each: { tenant_id: string }) => each.tenant_id === world.names.get(tenant));
    world.names.set(`of-${tenant}`, own.id).set(`shown-${tenant}`, own.shown_hash);
  }
}

describe('an activation', () => {
  beforeEach(async () => {
    await prepareActivation(world);
    await play(world, [drafting(), submit]);
    await keepApprovals();
  });

  it('is approved once an officer of every contributor has approved, each decision with its receipt', async () => {
    await play(world, [
      { who: 'rando.compliance-officer', does: 'GET /v1/approvals/{of-osec}', gets: 'not_found' },
      { who: 'velo.compliance-officer', does: 'GET /v1/approvals', gets: 200, showing: { items: [] } },
      {
        who: 'rando.compliance-officer',
        does: 'GET /v1/approvals?status=pending',
        gets: 200,
        showing: {
          items: expect.arrayContaining([expect.objectContaining({ summary: expect.stringContaining('Old coats') })]),
        },
      },
      decides('rando.compliance-officer', 'osec', 'approve', { gets: 'not_found' }),
      decides('rando.analyst', 'rando', 'approve', { gets: 'forbidden', leaves: 'access.denied' }),
      decides('rando.admin', 'rando', 'approve', { gets: 'forbidden', leaves: 'access.denied' }),
      decides('rando.compliance-officer', 'rando', 'approve', {
        showing: { status: 'approved', receipt_event_id: expect.stringMatching(/^evt_/) },
        leaves: 'approval.granted',
      }),
      decides('rando.compliance-officer', 'rando', 'refuse', { gets: 'state_conflict' }),
      shows({ status: 'awaiting_approval' }),
      decides('osec.compliance-officer', 'osec', 'approve', { leaves: ['approval.granted', 'activation.approved'] }),
      shows({ status: 'approved' }),
    ]);
  });

  it('is refused by the first refusal, which voids what was still asked', async () => {
    await play(world, [
      decides('rando.compliance-officer', 'rando', 'refuse', { leaves: ['approval.refused', 'activation.refused'] }),
      shows({ status: 'refused' }),
      decides('osec.compliance-officer', 'osec', 'approve', { gets: 'state_conflict' }),
      { who: 'osec.compliance-officer', does: 'GET /v1/approvals/{of-osec}', gets: 200, showing: { status: 'void' } },
      { ...submit, gets: 'state_conflict', showing: {}, leaves: [] },
    ]);
  });

  it('can be withdrawn by the tenant that asked, which voids what was asked', async () => {
    const withdraw = { who: 'osec.analyst', does: 'POST /v1/activations/{act}/withdraw' };
    await play(world, [
      { ...withdraw, who: 'rando.analyst', gets: 'not_found' },
      { ...withdraw, gets: 200, showing: { status: 'withdrawn' }, leaves: 'activation.cancelled' },
      decides('rando.compliance-officer', 'rando', 'approve', { gets: 'state_conflict' }),
      { ...withdraw, gets: 'state_conflict' },
    ]);
  });

  it('is approved for the terms that were shown alone: another hash is refused, and so is what changed since', async () => {
    const elsewhere = { outcome: 'approve', shown_hash: '0'.repeat(64) };
    await play(world, [
      decides('rando.compliance-officer', 'rando', 'approve', { sending: elsewhere, gets: 'state_conflict' }),
    ]);
    await narrowRule('rando');
    await play(world, [
      decides('rando.compliance-officer', 'rando', 'approve', {
        gets: 'state_conflict',
        showing: { detail: expect.stringContaining('changed since') },
      }),
    ]);
  });

  it('can only be refused once a contribution that it draws on is gone', async () => {
    await play(world, [
      {
        who: 'rando.data-engineer',
        does: 'DELETE /v1/contributions/{rando.con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      decides('osec.compliance-officer', 'osec', 'approve', { gets: 'state_conflict' }),
      decides('osec.compliance-officer', 'osec', 'refuse', { leaves: ['approval.refused', 'activation.refused'] }),
    ]);
  });
});

describe('who asked', () => {
  it('does not approve, whatever the roles; the decision and its event are told', async () => {
    await prepareActivation(world);
    await play(world, [drafting('osec.both'), { ...submit, who: 'osec.both' }]);
    await keepApprovals();
    await play(world, [
      decides('osec.both', 'osec', 'approve', {
        gets: 'forbidden',
        showing: {
          decision: { outcome: 'deny', reasons: ['approval_same_person'], event_id: expect.stringMatching(/^evt_/) },
        },
        leaves: 'access.denied',
      }),
      decides('osec.compliance-officer', 'osec', 'approve', { leaves: 'approval.granted' }),
    ]);
  });
});

describe('a draft activation', () => {
  beforeEach(() => prepareActivation(world));

  it('is of an own audience and an own destination that is still there', async () => {
    await play(world, [
      drafting('rando.analyst', { gets: 'not_found', leaves: [] }),
      drafting('osec.compliance-officer', { gets: 'forbidden', leaves: 'access.denied' }),
      drafting(),
      { who: 'osec.admin', does: 'DELETE /v1/destinations/{dst}', gets: 204, leaves: 'destination.deleted' },
      { ...submit, gets: 'not_found', showing: {}, leaves: [] },
      drafting('osec.analyst', { gets: 'not_found', leaves: [] }),
    ]);
  });

  it('can be tried dry before anybody is asked', async () => {
    await play(world, [
      drafting(),
      {
        who: 'osec.analyst',
        does: 'POST /v1/activations/{act}/dry-run',
        gets: 202,
        leaves: 'activation.preview-requested',
      },
      { who: 'rando.analyst', does: 'POST /v1/activations/{act}/dry-run', gets: 'not_found' },
      { who: 'osec.analyst', does: 'POST /v1/activations/{act}/deliveries', gets: 'state_conflict' },
    ]);
  });
});

describe('rules that waive the second person', () => {
  it('approve at once, and the log says so', async () => {
    await activate(world, { as: 'col', tenants: ['osec', 'rando'] });
    const rule = { ...RULE, activation: { ...RULE.activation, approval: 'not-required' } };
    for (const [tenant, partner] of [
      ['osec', 'rando'],
      ['rando', 'osec'],
    ] as const) {
      await addDataset(world, { tenant, as: 'dts' });
      const of = { in: 'col', tenant, dataset: 'dts', alias: tenant, as: `${tenant}.con`, rule };
      await contribute(world, { ...of, accepting: [partner] });
    }
    const who = 'osec.analyst';
    const sides = { left_contribution_id: '{osec.con}', right_contribution_id: '{rando.con}' };
    const segment = { name: 's', collaboration_id: '{col}', text: SEGMENT_TEXT };
    const audience = { name: 'a', segment_id: '{seg}', match_id: '{mat}' };
    const destination = { name: 'd', kind: 'file', settings: { folder: 'x', id_type: 'xandr-user-id' } };
    await play(world, [
      {
        who,
        does: 'POST /v1/collaborations/{col}/matches',
        sending: sides,
        gets: 202,
        leaves: 'match.requested',
        as: 'mat',
      },
    ]);
    await endJobOf(world, 'matches', 'mat');
    await play(world, [
      { who, does: 'POST /v1/segments', sending: segment, gets: 201, leaves: 'segment.created', as: 'seg' },
      { who, does: 'POST /v1/audiences', sending: audience, gets: 202, leaves: 'audience.created', as: 'aud' },
      {
        who: 'osec.admin',
        does: 'POST /v1/destinations',
        sending: destination,
        gets: 201,
        leaves: 'destination.created',
        as: 'dst',
      },
      drafting(),
      {
        ...submit,
        showing: { status: 'approved', approvals: [] },
        leaves: ['approval.requested', 'activation.approved'],
      },
    ]);
    expect((await listEvents(world)).at(-1)).toBe('activation.approved');
  });
});
