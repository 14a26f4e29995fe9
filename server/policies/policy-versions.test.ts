// Other policies: tried before anybody is asked, in force for every process once a second person approved, readable for ever.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audienceRequest } from '../../policies/audience-release.ts';
import { activations } from '../activations/activation.ts';
import { currentTermsHash } from '../activations/activation-terms.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import { newId } from '../ids.ts';
import { approve, findRequest } from '../testing/approving.ts';
import { play } from '../testing/play.ts';
import { prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { PoliciesInForce } from './policies-in-force.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await world.addOperator('operator2');
  await world.addMember({ tenant: 'osec', name: 'officer2', roles: ['compliance-officer'] });
});
afterAll(() => world.close());

const forbidding = (id: string, persons: number) => `@id("${id}") @title("At least ${persons} persons")
@reason("Our regulator asks for it.") @code("below_threshold")
forbid (principal, action in Action::"any release", resource) unless { context.persons >= ${persons} };`;

const PROPOSED = ['policy.proposed', 'approval.requested'] as const;
const APPROVED = ['approval.granted', 'policy.changed'] as const;

/** Releases of an own dataset, decided and recorded as the worker would. */
async function release(tenant: string, counts: readonly number[]): Promise<void> {
  const tenantId = world.names.get(tenant) ?? '';
  const rule = {
    allowedAnalyses: [],
    filterAttributes: [],
    breakdownAttributes: [],
    activation: { allowed: true, destinations: ['file'], purposes: ['advertising'], approval: 'not-required' as const },
    privacyThreshold: 50,
  };
  for (const persons of counts) {
    const decision = world.ground.policies.decide(
      audienceRequest({
        audienceId: 'aud',
        requestedBy: { memberId: 'ana', tenantId },
        persons,
        destinationKind: 'file',
        purpose: 'advertising',
        rules: [{ tenantId, rule }],
        approvals: [],
        collaborationStatus: 'own-dataset',
        instant: '2026-05-01T00:00:00.000Z',
      }),
    );
    await recordEvent(world.ground.db, {
      tenantId,
      actor: { kind: 'worker', id: 'worker' },
      event: 'delivery.decided',
      outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
      subject: { kind: 'delivery', id: newId('dlv') },
      decision,
      detail: {},
    });
  }
}

async function policySet(who: string): Promise<{ hash: string; policies: { id: string; text: string }[] }> {
  return (await world.call({ who, method: 'GET', path: '/v1/policies' })).body;
}

async function textOf(id: string): Promise<string> {
  return (await policySet('operator')).policies.find((policy) => policy.id === id)?.text ?? '';
}

describe('a change of the service’s policies', () => {
  it('is tried on earlier releases: with k = 100 those of fewer would have been withheld', async () => {
    await release('osec', [40, 60, 94, 120]);
    await release('rando', [70, 5000]);
    await play(world, [
      {
        who: 'operator',
        does: 'POST /v1/policy-checks',
        sending: { text: forbidding('k-100', 100) },
        gets: 200,
        showing: {
          report: {
            history: { withheld: 3, opened: 0, releases: [{ event_id: null, subject: null }, {}, {}] },
            may_allow_more: [],
          },
        },
        leaves: 'policy.checked',
      },
    ]);
  });

  it('keeps counts as they may be shown, so that no series of trials finds the true one', async () => {
    const rows = await world.ground.db
      .knex('decision_questions')
      .where({ gate: 'audience:release' })
      .select('question');
    const kept = rows.map((row) => JSON.parse(row.question).context.persons);
    expect(kept.toSorted((a: number, b: number) => a - b)).toEqual([0, 60, 70, 90, 120, 5000]);
  });

  it('lowers no floor, and weakens nothing that is not named', async () => {
    const lowered = (await textOf('privacy-threshold-floor')).replace('>= 50', '>= 10');
    const check = { who: 'operator', does: 'POST /v1/policy-checks', gets: 'request_invalid' } as const;
    const propose = { ...check, does: 'POST /v1/policy-versions' };
    const removing = { text: '', remove: ['data-residency'], comment: 'Not needed.' };
    await play(world, [
      {
        ...check,
        sending: { text: lowered },
        showing: { errors: [{ message: expect.stringContaining('No threshold below 50 persons') }] },
      },
      { ...check, sending: { text: 'forbid (' }, showing: { errors: [{ pointer: '/text' }] } },
      { ...check, sending: { text: forbidding('x', 60).replace('context.persons', 'context.people') } },
      { ...check, sending: { text: '', remove: ['role-operator'] }, showing: { errors: expect.anything() } },
      {
        ...propose,
        sending: removing,
        showing: { errors: [{ message: expect.stringContaining('Only to regions that every contributor allows') }] },
      },
    ]);
  });

  it('is approved by another operator alone, and then in force for every process and after a restart', async () => {
    const before = await policySet('osec.analyst');
    const beside = new PoliciesInForce(world.ground.db);
    await beside.refresh();
    const reworded = (await textOf('allowed-purpose')).replace('Only for purposes', 'For purposes only');
    await play(world, [
      {
        who: 'operator',
        does: 'POST /v1/policy-versions',
        sending: { text: `${reworded}\n${forbidding('k-100', 100)}`, comment: 'k = 100' },
        gets: 201,
        showing: { of: 'service', number: 1, status: 'proposed', based_on: before.hash },
        leaves: PROPOSED,
        as: 'version',
      },
    ]);
    const asked = await findRequest(world, 'operator2', 'version');
    expect(asked?.shown.forecast.text).toContain('3 of 6 earlier decisions would have been refused');
    expect(asked?.shown.changes.map((each: { text: string }) => each.text)).toEqual([
      expect.stringContaining('reworded: the forbid "Only for purposes'),
      'added: the forbid "At least 100 persons" (stricter)',
    ]);
    await approve(world, { who: 'operator', subject: 'version', gets: 'forbidden', leaves: 'access.denied' });
    expect((await policySet('osec.analyst')).hash).toBe(before.hash);
    await approve(world, { who: 'operator2', subject: 'version', leaves: APPROVED });
    const { hash } = await policySet('osec.analyst');
    expect(hash).not.toBe(before.hash);
    expect([await beside.refresh(), beside.hash]).toEqual([true, hash]);
    const restarted = new PoliciesInForce(world.ground.db);
    await restarted.refresh();
    expect(restarted.hash).toBe(hash);
    await play(world, [
      { who: 'osec.analyst', does: `GET /v1/policies/${before.hash}`, gets: 200, showing: before },
      { who: 'osec.analyst', does: `GET /v1/policies/${hash}`, gets: 200, showing: { hash } },
      { who: 'osec.analyst', does: `GET /v1/policies/${'0'.repeat(64)}`, gets: 'not_found' },
      { who: 'osec.analyst', does: 'GET /v1/policy-versions/{version}', gets: 200, showing: { status: 'in_force' } },
    ]);
    await release('osec', [94]);
    expect(await world.ground.db.knex('decision_questions').orderBy('event_id', 'desc').first('outcome')).toEqual({
      outcome: 'deny',
    });
  });

  it('is void when other policies came in force since it was shown', async () => {
    const proposing = (id: string) => ({
      who: 'operator',
      does: 'POST /v1/policy-versions',
      sending: { text: forbidding(id, 120), comment: id },
      gets: 201,
      leaves: PROPOSED,
      as: id,
    });
    await play(world, [proposing('first'), proposing('second')]);
    await approve(world, { who: 'operator2', subject: 'first', leaves: APPROVED });
    const showing = { detail: expect.stringContaining('changed since') };
    await approve(world, { who: 'operator2', subject: 'second', gets: 'state_conflict', showing });
    await play(world, [
      { who: 'operator', does: 'POST /v1/policy-versions/{second}/withdraw', gets: 200, leaves: 'policy.withdrawn' },
      { who: 'operator', does: 'POST /v1/policy-versions/{second}/withdraw', gets: 'state_conflict' },
    ]);
  });

  it('that may allow more voids what was approved before it', async () => {
    await prepareActivation(world);
    const sending = { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' };
    const draft = { who: 'osec.analyst', does: 'POST /v1/activations', sending, gets: 201, as: 'act' } as const;
    await play(world, [{ ...draft, leaves: 'activation.requested' }]);
    const { knex } = world.ground.db;
    const terms = async () => currentTermsHash(knex, await activations.get(knex, world.names.get('act') ?? ''));
    const before = await terms();
    const removing = {
      text: '',
      remove: ['data-residency'],
      may_allow_more: ['data-residency'],
      comment: 'One region.',
    };
    const proposing = { who: 'operator', does: 'POST /v1/policy-versions', gets: 201, leaves: PROPOSED } as const;
    await play(world, [{ ...proposing, sending: { text: forbidding('k-130', 130), comment: '130' }, as: 'stricter' }]);
    await approve(world, { who: 'operator2', subject: 'stricter', leaves: APPROVED });
    expect(await terms()).toBe(before);
    await play(world, [{ ...proposing, sending: removing, as: 'laxer' }]);
    await approve(world, { who: 'operator2', subject: 'laxer', leaves: APPROVED });
    expect(await terms()).not.toBe(before);
  });
});

describe('a tenant’s own policies', () => {
  it('forbid more of what the tenant contributes to, approved inside the tenant, and bind nobody else', async () => {
    const proposing = { who: 'osec.compliance-officer', does: 'POST /v1/policy-versions' } as const;
    const text = forbidding('ours', 1000);
    await play(world, [
      {
        ...proposing,
        who: 'osec.analyst',
        sending: { text, comment: 'x' },
        gets: 'forbidden',
        leaves: 'access.denied',
      },
      { ...proposing, sending: { text: text.replace('forbid (', 'permit ('), comment: 'x' }, gets: 'request_invalid' },
      {
        ...proposing,
        sending: { text, comment: 'We want 1,000.' },
        gets: 201,
        showing: { of: 'tenant', number: 1, report: { history: { withheld: 3 } } },
        leaves: PROPOSED,
        as: 'ours',
      },
      { who: 'rando.compliance-officer', does: 'GET /v1/policy-versions/{ours}', gets: 'not_found' },
      { who: 'operator', does: 'GET /v1/policy-versions/{ours}', gets: 'not_found' },
    ]);
    const who = 'osec.compliance-officer';
    await approve(world, { who, subject: 'ours', gets: 'forbidden', leaves: 'access.denied' });
    await approve(world, { who: 'osec.officer2', subject: 'ours', leaves: APPROVED });
    const [own, others] = [await policySet('osec.analyst'), await policySet('rando.analyst')];
    expect(own.policies.map(({ id }) => id)).toContain(`${world.names.get('osec')}/ours`);
    expect(others.policies.filter(({ id }) => id.includes('/'))).toEqual([]);
    await release('osec', [500]);
    await release('rando', [500]);
    const rows = await world.ground.db
      .knex('decision_questions')
      .orderBy('event_id', 'desc')
      .limit(2)
      .select('outcome');
    expect(rows.map(({ outcome }) => outcome)).toEqual(['allow', 'deny']);
    await play(world, [
      { who: 'osec.connector', does: `GET /v1/policies/${own.hash}`, gets: 200 },
      { who: 'rando.connector', does: `GET /v1/policies/${own.hash}`, gets: 'not_found' },
      { who: 'operator', does: `GET /v1/policies/${own.hash}`, gets: 'not_found' },
    ]);
  });
});
