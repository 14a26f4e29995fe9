// 20 deliveries of the real service, most with their worker killed with -9 at some instant, through a network that resets, stalls, answers
// twice or 5xx: at the end of each the recording sandbox has each person who may be there once, and nobody else.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, seeded, startFaultProxy } from '../../connectors/testing/fault-proxy.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox, type WebhookSandbox } from '../../connectors/webhook/sandbox.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload, waitFor } from './service.ts';

const DELIVERIES = 20;
const PERSONS = 150;
/** From before the job is claimed until after its last batch, on a busy machine. */
const LONGEST_LIFE_MS = 1_500;
const random = seeded(20_260_601);

let service: Service;
let sandbox: WebhookSandbox;
let proxy: FaultProxy;
let tenant: Tenant;
let activation: string;
let list: string;

const SCHEMA = {
  name: 'crm',
  columns: {
    customer_id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    spend: { role: 'attribute', kind: 'number' },
    crm_id: { role: 'activation-id', type: 'customer' },
    purposes: { role: 'consent', kind: 'purposes' },
  },
};
const digestOf = (person: number) => createHash('sha256').update(`salt:email:${person}`).digest('hex');
const idOf = (person: number) => `customer-${String(person).padStart(5, '0')}`;

beforeAll(async () => {
  sandbox = await startWebhookSandbox();
  // A real stall is waited out by the connector's own bounds, which a test of minutes cannot: it ends by a reset here.
  proxy = await startFaultProxy({ target: sandbox.url, random, share: 0.15, stallMs: 200 });
  service = await startService({ flags: ['--allow-private-destinations', 'true'] });
  tenant = await createTenant(service, await setUp(service), 'Osec');
  await load();
  activation = await activate();
  list = (await post<{ id: string }>('data-engineer', '/v1/suppression-lists', { name: 'asked', type: 'email' })).id;
});

afterAll(async () => {
  await service?.stop();
  service?.remove();
  await proxy?.close();
  await sandbox?.close();
});

async function post<T>(role: keyof Tenant['secrets'], path: string, body?: unknown): Promise<T> {
  const answer = await service.call<T>('POST', path, { secret: tenant.secrets[role], body });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function load(): Promise<void> {
  const { id } = await post<{ id: string }>('data-engineer', '/v1/datasets', { schema: SCHEMA });
  const rows = Array.from({ length: PERSONS }, (_, n) => `c${n},${digestOf(n)},${n},${idOf(n)},advertising@webhook\n`);
  const bytes = Buffer.from(`${Object.keys(SCHEMA.columns).join()}\n${rows.join('')}`);
  const secret = tenant.secrets['data-engineer'];
  const body = { upload_id: await upload(service, secret, { name: 'crm.csv', bytes }), mode: 'replace' };
  const { job_id } = await post<{ job_id: string }>('data-engineer', `/v1/datasets/${id}/loads`, body);
  expect(await jobEnd(service, secret, job_id)).toMatchObject({ status: 'succeeded' });
  const segment = { name: 'All', dataset_id: id, text: 'own.spend >= 0' };
  const { id: segment_id } = await post<{ id: string }>('analyst', '/v1/segments', segment);
  const audience = await post<{ id: string; job_id: string }>('analyst', '/v1/audiences', { name: 'All', segment_id });
  await jobEnd(service, tenant.secrets.analyst, audience.job_id);
  made.audience = audience.id;
}
const made = { audience: '' };

async function activate(): Promise<string> {
  const destination = await post<{ id: string }>('admin', '/v1/destinations', {
    name: 'Hook',
    kind: 'webhook',
    settings: { url: `${proxy.url}/hook`, id_type: 'customer', max_body_bytes: 3_000 },
    credentials: { signing_key: SANDBOX_SIGNING_KEY },
  });
  const wish = { audience_id: made.audience, destination_id: destination.id, purpose: 'advertising' };
  const { id } = await post<{ id: string }>('analyst', '/v1/activations', wish);
  await post('analyst', `/v1/activations/${id}/submit`);
  const secret = tenant.secrets['compliance-officer'];
  const asked = await waitFor(async () => {
    const { body } = await service.call<{ items: { id: string; shown_hash: string; shown: { forecast: unknown } }[] }>(
      'GET',
      '/v1/approvals?status=pending',
      { secret },
    );
    return body.items.find(({ shown }) => shown.forecast !== null);
  });
  const decision = { outcome: 'approve', shown_hash: asked.shown_hash };
  await post('compliance-officer', `/v1/approvals/${asked.id}/decision`, decision);
  return id;
}

function killWorker(): boolean {
  const children = readFileSync(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8').trim();
  const [child = ''] = children.split(' ');
  if (child === '') return false;
  process.kill(Number(child), 'SIGKILL');
  return true;
}

interface Delivered {
  readonly id: string;
  readonly job_id: string;
  readonly status: string;
}

test('each delivery ends in the right state, whatever instant its worker was killed at', async () => {
  let kept = PERSONS;
  let kills = 0;
  for (let nth = 0; nth < DELIVERIES; nth++) {
    if (nth % 3 === 2) {
      // Somebody must not be reached any more, and leaves with this delivery at the latest.
      kept -= 5;
      const digests = Array.from({ length: 5 }, (_, place) => digestOf(kept + place));
      const path = `/v1/suppression-lists/${list}/entries`;
      const { job_id } = await post<{ job_id: string }>('data-engineer', path, { digests });
      await jobEnd(service, tenant.secrets['data-engineer'], job_id);
    }
    const mode = nth % 2 === 0 ? 'full' : 'delta';
    const asked = await post<Delivered>('analyst', `/v1/activations/${activation}/deliveries?mode=${mode}`);
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE_MS));
    // The others show that what a kill left behind does not disturb the next delivery.
    if (nth % 5 < 3 && killWorker()) kills++;
    const ended = await waitFor(
      async () => {
        const { body } = await service.call<Delivered>('GET', `/v1/deliveries/${asked.id}`, {
          secret: tenant.secrets.analyst,
        });
        return body.status === 'queued' ? undefined : body;
      },
      { timeoutMs: 120_000 },
    );
    expect(ended, `delivery ${nth}`).toMatchObject({ status: 'delivered' });
    const expected = Array.from({ length: kept }, (_, n) => idOf(n));
    expect(sandbox.members(), `delivery ${nth}`).toEqual(expected);
  }
  expect(kills).toBeGreaterThan(DELIVERIES / 3);
  expect(Object.values(proxy.played).reduce((sum, times) => sum + times, 0)).toBeGreaterThan(3);
}, 600_000);
