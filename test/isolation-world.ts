// A victim with one of everything, each thing marked by a canary, beside a tenant that shares nothing with it.
import { newId } from '../server/ids.ts';
import { type Browser, openBrowser } from '../server/testing/browser.ts';
import { activate, addDataset, contribute, endJobOf } from '../server/testing/stages.ts';
import { openWorld, type World } from '../server/testing/world.ts';

export const CANARY = 'canary-osec-5f1d';

export interface Victim {
  readonly world: World;
  /** Path parameter or body field to the victim's id. */
  readonly ids: Readonly<Record<string, string>>;
}

export async function openVictim(): Promise<Victim> {
  const world = await openWorld(['osec', 'rando', 'stranger']);
  await addDataset(world, { tenant: 'osec', as: 'crm' });
  await addDataset(world, { tenant: 'rando', as: 'visitors' });
  await activate(world, { as: 'col', tenants: ['osec', 'rando'] });
  await contribute(world, {
    in: 'col',
    accepting: ['rando'],
    tenant: 'osec',
    dataset: 'crm',
    alias: 'osec',
    as: 'left',
  });
  await contribute(world, {
    in: 'col',
    accepting: ['osec'],
    tenant: 'rando',
    dataset: 'visitors',
    alias: 'rando',
    as: 'right',
  });
  await makeAnalystsThings(world);
  await makeEngineersThings(world);
  await insertPolicies(world);
  await insertFourEyes(world);
  return { world, ids: await idsOf(world) };
}

async function post(world: World, role: string, path: string, body?: unknown): Promise<{ id: string; job_id: string }> {
  const answer = await world.call({ who: `osec.${role}`, method: 'POST', path, body });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

async function makeAnalystsThings(world: World): Promise<void> {
  const id = (name: string) => world.names.get(name) ?? '';
  const keep = async (name: string, made: Promise<{ id: string }>) => world.names.set(name, (await made).id);
  const sides = { left_contribution_id: id('left'), right_contribution_id: id('right') };
  await keep('match', post(world, 'analyst', `/v1/collaborations/${id('col')}/matches`, sides));
  await endJobOf(world, 'matches', 'match');
  const question = { analysis: 'overlap', match_id: id('match') };
  await keep('run', post(world, 'analyst', `/v1/collaborations/${id('col')}/runs`, question));
  const text = 'osec.last_raincoat < 2025-01-01';
  await keep('segment', post(world, 'analyst', '/v1/segments', { name: CANARY, collaboration_id: id('col'), text }));
  const audience = { name: CANARY, segment_id: id('segment'), match_id: id('match') };
  await keep('audience', post(world, 'analyst', '/v1/audiences', audience));
  await endJobOf(world, 'audiences', 'audience');
  const settings = { folder: CANARY, id_type: 'customer' };
  await keep(
    'destination',
    post(world, 'admin', '/v1/destinations', { name: CANARY, kind: 'file', region: 'eu', settings }),
  );
  const activation = { audience_id: id('audience'), destination_id: id('destination'), purpose: 'advertising' };
  await keep('activation', post(world, 'analyst', '/v1/activations', activation));
  const rule = { rule: 'FREQ=DAILY' };
  await keep('schedule', post(world, 'analyst', `/v1/activations/${id('activation')}/schedules`, rule));
  await insertDecided(world);
}

/** What only a worker or a second person would make, as rows. */
async function insertDecided(world: World): Promise<void> {
  const { knex } = world.ground.db;
  const id = (name: string) => world.names.get(name) ?? '';
  const row = { tenant_id: id('osec'), activation_id: id('activation'), created_at: world.clock.now().toISOString() };
  const hash = 'a'.repeat(64);
  world.names.set('approval', newId('apr')).set('delivery', newId('dlv'));
  const shown = { summary: CANARY, asked_by: id('osec.analyst'), asked_at: row.created_at, changes: [], proposed: {} };
  await knex('approval_requests').insert({
    id: id('approval'),
    tenant_id: id('osec'),
    subject_kind: 'activation',
    subject_id: id('activation'),
    status: 'pending',
    summary: CANARY,
    shown: JSON.stringify({ ...shown, decisions: [], forecast: null, basis_hash: hash }),
    shown_hash: hash,
    requested_by: id('osec.analyst'),
    created_at: row.created_at,
    expires_at: '2099-01-01T00:00:00.000Z',
  });
  await knex('deliveries').insert({
    ...row,
    id: id('delivery'),
    status: 'delivered',
    phase: CANARY,
    job_id: newId('job'),
  });
  await knex('removals').insert(removalRow(world));
  world.names.set('dead-letter', newId('dlt'));
  const where = { audience_id: id('audience'), destination_id: id('destination'), delivery_id: id('delivery') };
  const letter = { kind: 'rejected_rows', codes: '{}', rows: 1, is_retryable: 1, status: 'waiting' };
  const expires_at = '2099-01-01T00:00:00.000Z';
  await knex('dead_letters').insert({ ...row, ...where, ...letter, id: id('dead-letter'), expires_at });
}

function removalRow(world: World) {
  const id = (name: string) => world.names.get(name) ?? '';
  const now = world.clock.now().toISOString();
  world.names.set('removal', newId('rmv'));
  return {
    id: id('removal'),
    tenant_id: id('osec'),
    destination_tenant_id: id('osec'),
    activation_id: id('activation'),
    audience_id: id('audience'),
    destination_id: id('destination'),
    destination_kind: 'file',
    request_kind: 'canary',
    request_id: newId('job'),
    reason: 'withdrawn',
    status: 'failed',
    attempts: 1,
    failure: JSON.stringify({ code: 'canary', detail: CANARY }),
    requested_at: now,
    due_at: now,
  };
}

/** A version of Osec's own policies, and a set that they are in. */
async function insertPolicies(world: World): Promise<void> {
  const { knex } = world.ground.db;
  const tenantId = world.names.get('osec') ?? '';
  world.names.set('policy-version', newId('pol')).set('policy-set', 'd'.repeat(64));
  const created_at = world.clock.now().toISOString();
  const source = JSON.stringify({ schema: '', policies: [] });
  await knex('policy_sets').insert({
    hash: world.names.get('policy-set'),
    source,
    tenant_ids: JSON.stringify([tenantId]),
    created_at,
  });
  await knex('policy_versions').insert({
    id: world.names.get('policy-version'),
    tenant_id: tenantId,
    number: 1,
    status: 'proposed',
    policies: '[]',
    set_hash: 'd'.repeat(64),
    based_on: 'e'.repeat(64),
    shipped_hash: 'f'.repeat(64),
    loosens: 0,
    comment: CANARY,
    report: '{}',
    proposed_by: world.names.get('osec.compliance-officer'),
    created_at,
  });
}

/** What two people would do with keys and with closed things. */
async function insertFourEyes(world: World): Promise<void> {
  const { knex } = world.ground.db;
  const row = { tenant_id: world.names.get('osec') ?? '', reason: CANARY, status: 'requested' };
  const created_at = world.clock.now().toISOString();
  const requested_by = world.names.get('osec.admin') ?? '';
  world.names.set('key-export', newId('exp')).set('break-glass', newId('brk'));
  const id = (name: string) => world.names.get(name) ?? '';
  await knex('key_exports').insert({
    ...row,
    id: id('key-export'),
    recipient_public_key: CANARY,
    keys: '[]',
    requested_by,
    created_at,
  });
  await knex('break_glass_reads').insert({
    ...row,
    id: id('break-glass'),
    reader: requested_by,
    permissions: '["job:read"]',
    minutes: 10,
    uses: 0,
    created_at,
  });
}

/** A new member of the tenant, in a browser, signed in by a one-time link. */
export async function signInAs(world: World, tenant: string): Promise<Browser> {
  const member = await world.call({
    who: `${tenant}.admin`,
    method: 'POST',
    path: '/v1/members',
    body: { name: 'Newcomer', roles: ['analyst'] },
  });
  const browser = openBrowser(world.url);
  const token = member.body.welcome.url.split('#')[1];
  await browser.send('POST', '/v1/session/welcome', { token, password: 'seven lighthouses on one rock' });
  return browser;
}

async function makeEngineersThings(world: World): Promise<void> {
  const { knex } = world.ground.db;
  const id = (name: string) => world.names.get(name) ?? '';
  const upload = newId('upl');
  const now = world.clock.now().toISOString();
  await knex('uploads').insert({
    id: upload,
    tenant_id: id('osec'),
    created_by: id('osec.data-engineer'),
    state: 'complete',
    size_bytes: 10,
    received_bytes: 10,
    sha256: 'b'.repeat(64),
    filename: `${CANARY}.csv`,
    created_at: now,
    expires_at: now,
  });
  const body = { upload_id: upload, mode: 'replace' };
  const load = await post(world, 'data-engineer', `/v1/datasets/${id('crm')}/loads`, body);
  const list = await post(world, 'data-engineer', '/v1/suppression-lists', { name: CANARY, type: 'email' });
  const member = await post(world, 'admin', '/v1/members', { name: CANARY, roles: ['analyst'] });
  await signInAs(world, 'osec');
  const persons = { digests: ['d'.repeat(64)] };
  const request = { persons, reference: CANARY };
  const address = { url: `https://${CANARY}.example/`, events: ['delivery.*'] };
  const webhook = await post(world, 'compliance-officer', '/v1/event-webhooks', address);
  const access = await post(world, 'compliance-officer', '/v1/access-requests', request);
  const deletion = await post(world, 'compliance-officer', '/v1/deletion-requests', request);
  await world.call({
    who: 'osec.compliance-officer',
    method: 'PUT',
    path: '/v1/ddrf-settings',
    body: { domain: 'osec.example', issuers: [] },
  });
  world.names
    .set('deletion', deletion.id)
    .set('access', access.id)
    .set('webhook', webhook.id)
    .set('upload', upload)
    .set('load', load.id)
    .set('job', load.job_id)
    .set('list', list.id)
    .set('member', member.id);
}

async function idsOf(world: World): Promise<Record<string, string>> {
  const { knex } = world.ground.db;
  const id = (name: string) => world.names.get(name) ?? '';
  const tenant_id = id('osec');
  const key = await knex('api_keys').where({ tenant_id }).first('id');
  const session = await knex('sessions').where({ tenant_id }).first('id');
  const event = await knex('audit_leaves').where({ tenant_id }).first('event_id');
  return {
    tenant_id,
    member_id: id('member'),
    api_key_id: key.id,
    session_id: session.id,
    dataset_id: id('crm'),
    load_id: id('load'),
    upload_id: id('upload'),
    job_id: id('job'),
    suppression_list_id: id('list'),
    deletion_request_id: id('deletion'),
    access_request_id: id('access'),
    event_webhook_id: id('webhook'),
    collaboration_id: id('col'),
    change_id: id('left.change'),
    contribution_id: id('left'),
    left_contribution_id: id('left'),
    right_contribution_id: id('right'),
    match_id: id('match'),
    run_id: id('run'),
    segment_id: id('segment'),
    audience_id: id('audience'),
    destination_id: id('destination'),
    activation_id: id('activation'),
    delivery_id: id('delivery'),
    schedule_id: id('schedule'),
    dead_letter_id: id('dead-letter'),
    removal_id: id('removal'),
    approval_id: id('approval'),
    key_export_id: id('key-export'),
    break_glass_read_id: id('break-glass'),
    policy_version_id: id('policy-version'),
    policy_set_hash: id('policy-set'),
    event_id: event.event_id,
  };
}
