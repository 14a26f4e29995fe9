// Isolation, generated from the contract: every operation × {nobody, a stranger's tenant, a member without the role}.
// A new operation is in the test by being in the contract; it fails here until somebody says what a stranger would send.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accessRequest, type Permission, ROLES, type Role } from '../policies/access.ts';
import { loadPolicySet } from '../policies/decide.ts';
import { type ContractOperation, operationsOf, readContract } from '../server/http/contract.ts';
import { CRM_SCHEMA, RULE } from '../server/testing/stages.ts';
import { CANARY, openVictim, signInAs, type Victim } from './isolation-world.ts';

// Every role asks in turn, which a busy machine needs more than the usual five seconds for.
vi.setConfig({ testTimeout: 30_000 });

let victim: Victim;
beforeAll(async () => {
  victim = await openVictim();
}, 120_000);
afterAll(() => victim?.world.close());

const contract = readContract();
const operations = operationsOf(contract);
const policies = loadPolicySet();

const FORBID =
  '@id("more") @title("More") @reason("More") @code("below_threshold") forbid (principal, action in Action::"any release", resource) unless { context.persons >= 60 };';

/** What a caller would send; `$name` is the victim's id of that name, `@name` the id of a tenant that has nothing to do with it. */
const BODIES: Readonly<Record<string, unknown>> = {
  createTenant: { name: 'another', admin_name: 'Eve' },
  createMember: { name: 'Eve', roles: ['analyst'] },
  createApiKey: { member_id: '$member_id', name: 'mine' },
  rotateKey: { collaboration_id: '$collaboration_id' },
  createDataset: { schema: CRM_SCHEMA },
  createLoad: { upload_id: '$upload_id', mode: 'replace', format: 'csv' },
  createSuppressionList: { name: 'mine', type: 'email' },
  changeConsents: {
    action: 'withdraw',
    record_id: '1',
    dataset_id: '$dataset_id',
  },
  addSuppressions: { digests: ['c'.repeat(64)] },
  createObjection: { digests: ['e'.repeat(64)], purposes: ['advertising'] },
  putDdrfSettings: { domain: 'example.com', issuers: [] },
  createAccessRequest: { persons: { records: [{ dataset_id: '$dataset_id', record_ids: ['7'] }] } },
  createDeletionRequest: { persons: { records: [{ dataset_id: '$dataset_id', record_ids: ['7'] }] } },
  createCollaboration: { name: 'mine', alias: 'mine', members: [{ tenant_id: '@rando', alias: 'theirs' }] },
  proposeChange: { kind: 'add-member', tenant_id: '$tenant_id', alias: 'theirs' },
  decideChange: { outcome: 'accept' },
  proposeContribution: { dataset_id: '$dataset_id', alias: 'theirs', rule: RULE },
  proposeRule: RULE,
  createMatch: { left_contribution_id: '$left_contribution_id', right_contribution_id: '$right_contribution_id' },
  createRun: { analysis: 'overlap', match_id: '$match_id' },
  previewRun: { analysis: 'overlap', match_id: '$match_id' },
  parseSegment: { collaboration_id: '$collaboration_id', text: 'osec.complaint' },
  createSegment: { name: 'mine', collaboration_id: '$collaboration_id', text: 'osec.complaint' },
  createAudience: { name: 'mine', segment_id: '$segment_id' },
  refreshAudience: {},
  createDestination: { name: 'mine', kind: 'file', region: 'eu', settings: { folder: 'mine', id_type: 'customer' } },
  choosePlatformAudience: { name: 'mine' },
  retryRejectedRows: {},
  createActivation: { audience_id: '$audience_id', destination_id: '$destination_id', purpose: 'advertising' },
  putContactCap: { audiences: 3, window_days: 30 },
  createSchedule: { rule: 'FREQ=DAILY' },
  createEventWebhook: { url: 'https://events.example/', events: ['delivery.*'] },
  createEvidencePack: { kind: 'delivery', delivery_id: '$delivery_id' },
  requestKeyExport: { reason: 'mine', recipient_public_key: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=' },
  requestBreakGlassRead: { permissions: ['job:read'], minutes: 10, reason: 'mine' },
  createOperator: { name: 'Eve' },
  checkPolicies: { text: FORBID },
  proposePolicies: { text: FORBID, comment: 'mine' },
  createSession: { name: 'osec.admin', password: 'seven lighthouses on one rock' },
  redeemWelcomeLink: { token: 'A'.repeat(43), password: 'seven lighthouses on one rock' },
  changePassword: { current_password: 'eight lighthouses', new_password: 'nine lighthouses on one rock' },
  confirmSecondFactor: { code: '123456' },
  removeSecondFactor: { code: '123456' },
  decideApproval: { outcome: 'approve', shown_hash: 'a'.repeat(64) },
};

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Whether anything of the victim is named. */
  readonly namesVictim: boolean;
}

function callOf(operation: ContractOperation): Call {
  const fill = (text: string) => text.replace(/[{$]([a-z_]+)\}?/g, (_, name: string) => victimId(name));
  const body = BODIES[operation.id];
  const text =
    body === undefined ? undefined : JSON.stringify(body).replace('@rando', victim.world.names.get('rando') ?? '');
  return {
    method: operation.method.toUpperCase(),
    path: fill(operation.path),
    ...(text === undefined
      ? {}
      : { body: JSON.parse(text.replace(/"\$([a-z_]+)"/g, (_, name: string) => `"${victimId(name)}"`)) }),
    namesVictim: operation.path.includes('{') || (text?.includes('"$') ?? false),
  };
}

function victimId(name: string): string {
  const id = victim.ids[name];
  if (id === undefined) throw new Error(`the victim has no ${name}`);
  return id;
}

function mayDo(role: Role, permission: string): boolean {
  const tenantId = role === 'operator' ? null : 'ten_a';
  const resource = { type: permission.split(':')[0] ?? '', tenantId };
  const member = { id: 'mem_a', tenantId, roles: [role] };
  return policies.decide(accessRequest({ member, permission: permission as Permission, resource })).outcome === 'allow';
}

function expectNothingOf(text: string, sent: Call): void {
  expect(text).not.toContain(CANARY);
  const named = JSON.stringify(sent);
  for (const [name, id] of Object.entries(victim.ids)) {
    if (!named.includes(id)) expect(text, name).not.toContain(id);
  }
}

const asWho = (tenant: string, role: Role) => (role === 'operator' ? 'operator' : `${tenant}.${role}`);
const table = operations.map((operation) => [operation.id, operation] as const);
const withRoles = table.filter(([, { permission }]) => !['setup', 'public', 'session'].includes(permission));
const ofSessions = table.filter(([, { permission }]) => permission === 'session');

/** What nobody is told by the operations that ask for no proof. */
const PUBLIC_ANSWERS: Readonly<Record<string, number>> = {
  createOperatorKey: 409,
  getSession: 200,
  createSession: 401,
  redeemWelcomeLink: 410,
  startOidcSignIn: 404,
  finishOidcSignIn: 404,
};

test('every operation with a body has one to try', () => {
  const bodied = operations.filter(({ method, path }) => contract.paths[path]?.[method]?.requestBody !== undefined);
  expect(bodied.map(({ id }) => id).toSorted()).toEqual(Object.keys(BODIES).toSorted());
});

describe('nobody gets in', () => {
  test.each(table)('%s', async (_, operation) => {
    const sent = callOf(operation);
    const answer = await victim.world.call({ who: 'nobody', ...sent });
    expect(answer.status, answer.text).toBe(PUBLIC_ANSWERS[operation.id] ?? 401);
    expectNothingOf(answer.text, sent);
  });
});

describe("a stranger's tenant finds nothing, whatever its roles", () => {
  test.each(withRoles)('%s', async (_, operation) => {
    const roles = ROLES.filter((role) => role !== 'operator' && mayDo(role, operation.permission));
    const sent = callOf(operation);
    for (const role of roles) {
      const answer = await victim.world.call({ who: asWho('stranger', role), ...sent });
      if (sent.namesVictim) expect(answer.status, `${role}: ${answer.text}`).toBe(404);
      else expect(answer.status, `${role}: ${answer.text}`).toBeLessThan(300);
      expectNothingOf(answer.text, sent);
    }
  });
});

describe('what concerns a session', () => {
  test.each(ofSessions)('%s: an API key has none', async (_, operation) => {
    const sent = callOf(operation);
    const answer = await victim.world.call({ who: 'osec.admin', ...sent });
    expect(answer).toMatchObject({ status: 403, body: { code: 'session_needed' } });
    expectNothingOf(answer.text, sent);
  });

  test.each(ofSessions)("%s: a stranger's session reaches no other", async (_, operation) => {
    const stranger = await signInAs(victim.world, 'stranger');
    const sent = callOf(operation);
    const answer = await stranger.send(sent.method, sent.path, sent.body);
    if (sent.namesVictim) expect(answer.status, answer.text).toBe(404);
    expect(answer.status, answer.text).not.toBe(403);
    expectNothingOf(answer.text, sent);
    const { ended_at } = await victim.world.ground.db.knex('sessions').where({ id: victim.ids.session_id }).first();
    expect(ended_at).toBeNull();
  });
});

describe('a member without the role is refused, and the refusal is recorded', () => {
  test.each(withRoles)('%s', async (_, operation) => {
    const roles = ROLES.filter((role) => !mayDo(role, operation.permission));
    const sent = callOf(operation);
    for (const role of roles) {
      const answer = await victim.world.call({ who: asWho('osec', role), ...sent });
      expect(answer.status, `${role}: ${answer.text}`).toBe(403);
      expect(answer.body.code).toBe('forbidden');
      expect(answer.body.decision.reasons).not.toEqual([]);
      const recorded = await victim.world.ground.db
        .knex('audit_leaves')
        .where({ event_id: answer.body.decision.event_id })
        .first('event');
      expect(recorded?.event).toBe('access.denied');
      expectNothingOf(answer.text.replaceAll(answer.body.decision.event_id, ''), sent);
    }
  });
});
