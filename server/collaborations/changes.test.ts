// Changes of what members agreed on, over HTTP: nothing takes effect before everyone has accepted.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve } from '../testing/approving.ts';
import { play, type Step } from '../testing/play.ts';
import { activate, addDataset, contribute, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
const ALL = ['osec', 'rando', 'velo'] as const;

beforeAll(async () => {
  world = await openWorld([...ALL, 'nautic']);
  for (const tenant of ALL) await addDataset(world, { tenant, as: `${tenant}.crm` });
});
beforeEach(() => activate(world, { as: 'col', tenants: ALL }));
afterAll(() => world.close());

const propose = (who: string, sending: object, as: string): Step => ({
  who,
  does: 'POST /v1/collaborations/{col}/changes',
  sending,
  gets: 201,
  showing: { status: 'open' },
  leaves: 'change.proposed',
  as,
});

const decide = (who: string, change: string, outcome: 'accept' | 'reject') => ({
  who,
  does: `POST /v1/collaborations/{col}/changes/{${change}}/decision`,
  sending: { outcome },
});

const accepts = (who: string, change: string, last: 'last' | 'not last'): Step => ({
  ...decide(who, change, 'accept'),
  gets: 200,
  showing: { status: last === 'last' ? 'accepted' : 'open' },
  leaves: last === 'last' ? ['change.accepted', 'change.applied'] : 'change.accepted',
});

const seen = (showing: object): Step => ({
  who: 'osec.analyst',
  does: 'GET /v1/collaborations/{col}',
  gets: 200,
  showing,
});

const TERMS = { identifier_types: ['phone'], cardinality: 'many', privacy_threshold: 100, ends_at: null };
const NAUTIC = { kind: 'add-member', tenant_id: '{nautic}', alias: 'nautic' };

describe('new terms', () => {
  it('take effect with the last acceptance, and make every match stale', async () => {
    await play(world, [
      propose('osec.admin', { kind: 'set-terms', terms: TERMS }, 'terms'),
      accepts('rando.admin', 'terms', 'not last'),
      seen({ terms: { privacy_threshold: 50 } }),
      { ...decide('rando.admin', 'terms', 'accept'), gets: 'conflict' },
      { ...decide('osec.admin', 'terms', 'accept'), gets: 'conflict' },
      { ...decide('velo.analyst', 'terms', 'accept'), gets: 'forbidden', leaves: 'access.denied' },
      { ...decide('nautic.admin', 'terms', 'accept'), gets: 'not_found' },
      accepts('velo.admin', 'terms', 'last'),
      seen({ terms: TERMS }),
      { ...decide('rando.admin', 'terms', 'reject'), gets: 'conflict' },
    ]);
  });

  it('are off with one rejection', async () => {
    await play(world, [
      propose('osec.admin', { kind: 'set-terms', terms: TERMS }, 'terms'),
      {
        ...decide('rando.admin', 'terms', 'reject'),
        gets: 200,
        showing: { status: 'rejected', acceptances: [{ outcome: 'accepted' }, { outcome: 'rejected' }] },
        leaves: 'change.declined',
      },
      { ...decide('velo.admin', 'terms', 'accept'), gets: 'conflict' },
      seen({ terms: { privacy_threshold: 50 } }),
    ]);
  });

  it('cannot end before they begin, name a type twice or go below the threshold', async () => {
    const faulty = [
      { ...TERMS, ends_at: '2026-01-01T00:00:00Z' },
      { ...TERMS, identifier_types: ['email', 'email'] },
      { ...TERMS, privacy_threshold: 10 },
    ];
    await play(
      world,
      faulty.map((terms) => ({
        who: 'osec.admin',
        does: 'POST /v1/collaborations/{col}/changes',
        sending: { kind: 'set-terms', terms },
        gets: 'request_invalid' as const,
      })),
    );
  });
});

describe('a new member', () => {
  it('is invited once all have accepted, and then decides like everyone', async () => {
    await play(world, [
      propose('rando.admin', NAUTIC, 'join'),
      accepts('osec.admin', 'join', 'not last'),
      { who: 'nautic.admin', does: 'GET /v1/collaborations/{col}', gets: 'not_found' },
      accepts('velo.admin', 'join', 'last'),
      { who: 'nautic.data-engineer', does: 'GET /v1/salts?collaboration_id={col}', gets: 'not_found' },
      propose('osec.admin', { kind: 'set-terms', terms: TERMS }, 'terms'),
      { ...decide('nautic.admin', 'terms', 'accept'), gets: 'state_conflict' },
      {
        who: 'nautic.admin',
        does: 'POST /v1/collaborations/{col}/accept',
        gets: 200,
        showing: { status: 'active' },
        leaves: 'invitation.accepted',
      },
      accepts('rando.admin', 'terms', 'not last'),
      accepts('velo.admin', 'terms', 'not last'),
      accepts('nautic.admin', 'terms', 'last'),
    ]);
  });

  it('must be a tenant, and neither a member nor waited for already', async () => {
    const stranger = { kind: 'add-member', tenant_id: 'ten_00000000000000000000000000', alias: 'stranger' };
    const again = { who: 'velo.admin', does: 'POST /v1/collaborations/{col}/changes' };
    await play(world, [
      { ...again, sending: stranger, gets: 'request_invalid', showing: { errors: [{ pointer: '/tenant_id' }] } },
      { ...again, sending: { ...NAUTIC, alias: 'rando' }, gets: 'conflict' },
      { ...again, sending: { ...NAUTIC, tenant_id: '{rando}' }, gets: 'conflict' },
      propose('osec.admin', NAUTIC, 'join'),
      { ...again, sending: NAUTIC, gets: 'conflict' },
    ]);
  });

  it('may be one that left before', async () => {
    await play(world, [
      { who: 'velo.admin', does: 'POST /v1/collaborations/{col}/leave', gets: 202, leaves: 'collaboration.left' },
      propose('osec.admin', { kind: 'add-member', tenant_id: '{velo}', alias: 'velo' }, 'again'),
      accepts('rando.admin', 'again', 'last'),
      { who: 'velo.admin', does: 'POST /v1/collaborations/{col}/accept', gets: 200, leaves: 'invitation.accepted' },
    ]);
  });
});

describe('changes that are open when a member leaves', () => {
  it('are void when it proposed them, and decided by those who remain otherwise', async () => {
    await play(world, [
      propose('velo.admin', { kind: 'set-terms', terms: { ...TERMS, privacy_threshold: 500 } }, 'of-velo'),
      propose('osec.admin', { kind: 'set-terms', terms: TERMS }, 'of-osec'),
      propose('osec.admin', NAUTIC, 'join'),
      accepts('rando.admin', 'of-osec', 'not last'),
      accepts('rando.admin', 'join', 'not last'),
      {
        who: 'velo.admin',
        does: 'POST /v1/collaborations/{col}/leave',
        gets: 202,
        leaves: ['collaboration.left', 'change.applied', 'change.applied'],
      },
      {
        who: 'osec.admin',
        does: 'GET /v1/collaborations/{col}/changes',
        gets: 200,
        showing: { items: [{ status: 'accepted' }, { status: 'accepted' }, { status: 'void' }] },
      },
    ]);
    const { body } = await world.call({
      who: 'osec.admin',
      method: 'GET',
      path: `/v1/collaborations/${world.names.get('col')}`,
    });
    expect(body.terms).toMatchObject({ ...TERMS, privacy: { preset: 'strict' } });
    expect(
      Object.fromEntries(body.members.map((each: { alias: string; status: string }) => [each.alias, each.status])),
    ).toEqual({ osec: 'accepted', rando: 'accepted', velo: 'left', nautic: 'invited' });
  });
});

describe('a rule', () => {
  it('changes by unanimity, at its owner’s proposal and with a second person of its owner', async () => {
    await contribute(world, {
      in: 'col',
      tenant: 'osec',
      dataset: 'osec.crm',
      alias: 'osec_crm',
      as: 'con',
      accepting: ['rando', 'velo'],
    });
    const does = 'PUT /v1/contributions/{con}/rule';
    const wider = { ...RULE, filter_attributes: ['last_raincoat', 'complaint', 'spend'] };
    await play(world, [
      { who: 'rando.data-engineer', does, sending: wider, gets: 'not_found' },
      { who: 'osec.analyst', does, sending: wider, gets: 'forbidden', leaves: 'access.denied' },
      {
        who: 'osec.data-engineer',
        does,
        sending: wider,
        gets: 200,
        showing: { kind: 'set-rule', status: 'open' },
        leaves: ['change.proposed', 'approval.requested'],
        as: 'wider',
      },
      accepts('rando.admin', 'wider', 'not last'),
      { who: 'velo.admin', does: 'GET /v1/contributions/{con}', gets: 200, showing: { rule: RULE } },
      accepts('velo.admin', 'wider', 'not last'),
      { who: 'velo.admin', does: 'GET /v1/contributions/{con}', gets: 200, showing: { rule: RULE } },
    ]);
    await approve(world, {
      who: 'osec.compliance-officer',
      subject: 'wider',
      leaves: ['approval.granted', 'change.applied'],
    });
    await play(world, [
      { who: 'velo.admin', does: 'GET /v1/contributions/{con}', gets: 200, showing: { rule: wider } },
    ]);
  });
});
