// Lists of California's deletion platform against the real service: who is found by them, where nobody can be, and what is told.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFileKey, sealerOf } from '../../identifiers/sealed-id.ts';
import { createTenant, jobEnd, type Service, setUp, startService, type Tenant, upload, waitFor } from './service.ts';

let service: Service;
let osec: Tenant;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  service = await startService();
  osec = await createTenant(service, await setUp(service), 'Osec');
});
afterAll(async () => {
  await service?.stop();
  service?.remove();
});

async function call<T>(role: keyof Tenant['secrets'], method: string, path: string, body?: unknown): Promise<T> {
  const answer = await service.call<T>(method, path, { secret: osec.secrets[role], body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

interface DeletionBody {
  id: string;
  status: string;
}

function deletionEnd(id: string): Promise<DeletionBody> {
  return waitFor(async () => {
    const body = await call<DeletionBody>('compliance-officer', 'GET', `/v1/deletion-requests/${id}`);
    return ['completed', 'failed'].includes(body.status) ? body : undefined;
  });
}

const SALTED = { name: 'crm', columns: { email: { role: 'identifier', type: 'email' } } };

/** As the platform spells and hashes them: https://privacy.ca.gov, technical specifications. */
const dropHash = (text: string) => createHash('sha256').update(text).digest('base64');

test('where no dataset has digests to compare with, the list is refused with the reason', async () => {
  await call('data-engineer', 'POST', '/v1/datasets', { schema: SALTED });
  const body = { drop: { list: 'phone', hashes: [dropHash('4155550103')] } };
  const secret = osec.secrets['compliance-officer'];
  const answer = await service.call('POST', '/v1/deletion-requests', { secret, body });
  expect(answer).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '/drop', hint: expect.stringContaining('drop@2026-08/phone') }] },
  });
});

const PROSPECTS = {
  name: 'prospects',
  columns: {
    email: { role: 'identifier', type: 'email' },
    drop_email: { role: 'activation-id', type: 'platform-digest', profile: 'drop@2026-08' },
    drop_phone: { role: 'activation-id', type: 'platform-digest', profile: 'drop@2026-08/phone' },
    drop_maid: { role: 'activation-id', type: 'platform-digest', profile: 'drop@2026-08/maid' },
  },
};

test('a list of California’s platform erases whom a column of platform digests knows, and says so for each entry', async () => {
  const egress = await call<{ public_key: string }>('data-engineer', 'GET', '/v1/egress-key');
  const { fileKey, sealed } = await makeFileKey(Buffer.from(egress.public_key, 'base64'));
  const seal = await sealerOf(fileKey);
  const { id } = await call<{ id: string }>('data-engineer', 'POST', '/v1/datasets', { schema: PROSPECTS });
  const prospects = ['ada', 'ben', 'cleo', 'dora'].map((name, n) =>
    [
      digest(name),
      seal('drop@2026-08', dropHash(`${name}@example.com`)),
      seal('drop@2026-08/phone', dropHash(`415555010${n}`)),
      seal('drop@2026-08/maid', dropHash(`device of ${name}`)),
    ].join(),
  );
  const bytes = Buffer.from(['email,drop_email,drop_phone,drop_maid', ...prospects].join('\n'));
  const upload_id = await upload(service, osec.secrets['data-engineer'], { name: 'prospects.csv', bytes });
  const body = { upload_id, mode: 'replace', sealed_file_key: sealed.sealedFileKey };
  const load = await call<{ job_id: string }>('data-engineer', 'POST', `/v1/datasets/${id}/loads`, body);
  await jobEnd(service, osec.secrets['data-engineer'], load.job_id);

  const asked = await call<DeletionBody>('compliance-officer', 'POST', '/v1/deletion-requests', {
    drop: { list: 'email', hashes: [dropHash('nobody@example.com'), dropHash('ben@example.com')] },
  });
  const { items } = await call<{ items: { id: string; name: string }[] }>('data-engineer', 'GET', '/v1/datasets');
  // The first dataset has salted digests alone: nobody can be found in it by such a list, and that is said.
  expect(asked).toMatchObject({
    source: 'drop',
    unmatchable_dataset_ids: [items.find(({ name }) => name === 'crm')?.id],
  });
  expect(await deletionEnd(asked.id)).toMatchObject({
    status: 'completed',
    drop_outcomes: [{ list: 'email', deleted: [1] }],
    erased: { persons: 1 },
  });
  for (const [list, hash] of [
    ['phone', dropHash('4155550103')],
    ['maid', dropHash('device of cleo')],
  ]) {
    const drop = { list, hashes: [hash, dropHash('nobody')] };
    const other = await call<DeletionBody>('compliance-officer', 'POST', '/v1/deletion-requests', { drop });
    expect(await deletionEnd(other.id)).toMatchObject({ drop_outcomes: [{ list, deleted: [0] }] });
  }
  expect(await call('data-engineer', 'GET', `/v1/datasets/${id}`)).toMatchObject({ persons: 1 });
});

test('a list whose hashes no dataset has a column for is refused with the name of the column', async () => {
  const secret = osec.secrets['compliance-officer'];
  const body = { drop: { list: 'ctv-id', hashes: [dropHash('a television')] } };
  const refused = await service.call('POST', '/v1/deletion-requests', { secret, body });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ hint: expect.stringContaining('/ctv-id') }] } });
});
