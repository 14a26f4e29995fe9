// Isolation, generated from the contract: every operation × {anonymous, wrong role, another tenant}, with a canary that nobody
// but its tenant may ever be shown.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  createTenant,
  jobEnd,
  ROLES,
  type Service,
  setUp,
  startService,
  type Tenant,
  upload,
} from './service.ts';

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  readonly hasBody: boolean;
  readonly parameters: readonly string[];
}

const CANARY = 'canary-of-osec';
/** What the role with the fewest rights may do; everything else it is refused. */
const OF_CONNECTORS = new Set(['delivery:read', 'job:read', 'policy:read', 'destination:read', 'activation:read']);
const PREFIXES: Readonly<Record<string, string>> = {
  ...{
    tenant: 'ten',
    member: 'mem',
    api_key: 'key',
    dataset: 'dts',
    load: 'lod',
    upload: 'upl',
    job: 'job',
    event: 'evt',
  },
  ...{ suppression_list: 'sup', collaboration: 'col', change: 'chg', contribution: 'con', match: 'mat', run: 'run' },
  ...{ segment: 'seg', audience: 'aud', destination: 'dst', activation: 'act', delivery: 'dlv', approval: 'apr' },
};

const operations = readOperations().filter(({ permission }) => permission !== 'setup');
/** What the victim owns, by the name of the parameter that asks for it. */
const owned = new Map<string, string>();
let service: Service;
let operator: string;
let osec: Tenant;
let rando: Tenant;
/** Keys of a member with every role, so that nothing but the tenant can be the reason of a refusal. */
let victim: string;
let intruder: string;

beforeAll(async () => {
  service = await startService();
  operator = await setUp(service);
  osec = await createTenant(service, operator, CANARY);
  rando = await createTenant(service, operator, 'Rando');
  victim = await keyOfAllRoles(osec);
  intruder = await keyOfAllRoles(rando);
  await fillVictim();
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
});

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  const ask = (secret?: string) =>
    call(service.url, operation.method.toUpperCase(), pathOf(operation), {
      secret,
      ...(operation.hasBody && { body: {} }),
    });

  test('tells an anonymous caller nothing', async () => {
    const answer = await ask();
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
  });

  test('is refused to a role that may not', async () => {
    const answer = await ask(OF_CONNECTORS.has(operation.permission) ? operator : rando.secrets.connector);
    // Policies in force are nobody's secret.
    if (operation.permission === 'policy:read') return;
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
  });

  test('shows another tenant neither the thing nor that it exists', async () => {
    const answer = await ask(intruder);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
    if (operation.parameters.length === 0) return;
    // A body that is missing may be told of first; otherwise the thing is not there.
    if (operation.hasBody) expect([400, 404, 422]).toContain(answer.status);
    else expect(answer.status).toBe(404);
  });
});

test('the victim sees its canary, so the canary sings', async () => {
  const { body } = await service.call('GET', `/v1/datasets/${owned.get('dataset_id')}`, { secret: victim });
  expect(JSON.stringify(body)).toContain(CANARY);
});

test('no attempt has left an event in the victim’s log', async () => {
  const { body } = await service.call<{ items: { actor: { id: string } }[] }>('GET', '/v1/audit/events?limit=200', {
    secret: victim,
  });
  const strangers = body.items.filter(({ actor }) => Object.values(rando.memberIds).includes(actor.id));
  expect(strangers).toEqual([]);
});

function readOperations(): Operation[] {
  const bundle = JSON.parse(readFileSync(new URL('../../openapi/generated/openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string; 'x-permission': string; requestBody?: object }>>;
  };
  return Object.entries(bundle.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method,
      path,
      permission: operation['x-permission'],
      hasBody: operation.requestBody !== undefined,
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
    })),
  );
}

// The victim's own id where it owns such a thing, else one that nobody owns.
function pathOf(operation: Operation): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => owned.get(name) ?? absentId(name));
}

function absentId(parameter: string): string {
  return `${PREFIXES[parameter.replace(/_id$/, '')]}_${'0'.repeat(26)}`;
}

async function keyOfAllRoles(tenant: Tenant): Promise<string> {
  const secret = tenant.secrets.admin;
  const member = await service.call<{ id: string }>('POST', '/v1/members', {
    secret,
    body: { name: 'everything', roles: [...ROLES] },
  });
  const body = { member_id: member.body.id, name: 'everything' };
  return (await service.call<{ secret: string }>('POST', '/v1/api-keys', { secret, body })).body.secret;
}

async function fillVictim(): Promise<void> {
  const make = async (parameter: string, path: string, body: object): Promise<string> => {
    const made = await service.call<{ id: string }>('POST', path, { secret: victim, body });
    if (made.status >= 300) throw new Error(`${path}: ${JSON.stringify(made.body)}`);
    owned.set(parameter, made.body.id);
    return made.body.id;
  };
  owned.set('tenant_id', osec.id);
  owned.set('member_id', osec.memberIds.analyst);
  const columns = { customer_id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' } };
  const datasetId = await make('dataset_id', '/v1/datasets', { schema: { name: CANARY, columns } });
  const bytes = Buffer.from(`customer_id,email\n${CANARY},\n`);
  const uploadId = await upload(service, victim, { name: `${CANARY}.csv`, bytes });
  owned.set('upload_id', uploadId);
  const body = { upload_id: uploadId, mode: 'replace' };
  const { body: load } = await service.call<{ id: string; job_id: string }>('POST', `/v1/datasets/${datasetId}/loads`, {
    secret: victim,
    body,
  });
  owned.set('load_id', load.id).set('job_id', load.job_id);
  await jobEnd(service, victim, load.job_id);
  const events = await service.call<{ items: { id: string }[] }>('GET', '/v1/audit/events', { secret: victim });
  owned.set('event_id', events.body.items[0]!.id);
}
