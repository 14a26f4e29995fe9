// A compliance officer's day in a real browser: decides, looks into the log and verifies it without a network, changes a policy, answers a
// person, takes evidence away. What is asked of the service is watched throughout.
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../bench/demo/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';

const PERSON = 'agathe.lecoq@osec.example';
const DESTINATION = { name: 'Letters', kind: 'file', settings: { folder: 'letters', id_type: 'customer' } };

let world: BrowserWorld;
let approvalId: string;
let datasetId: string;
let destinationId: string;
/** Bodies that the page sent. */
const sent: string[] = [];
beforeAll(async () => {
  world = await openBrowserWorld();
  const { admin, engineer, officer } = world.organisations.osec;
  const body = { reason: 'escrow of the year', recipient_public_key: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=' };
  await answer('asking for keys', admin.api.POST('/v1/key-exports', { body }));
  const columns = { email: { role: 'identifier', type: 'email' }, id: { role: 'record-id' } };
  const schema = { name: 'customers', columns };
  const dataset = await answer('declaring a dataset', engineer.api.POST('/v1/datasets', { body: { schema } as never }));
  datasetId = dataset.id;
  const destination = admin.api.POST('/v1/destinations', { body: DESTINATION as never });
  destinationId = (await answer('adding a destination', destination)).id;
  const { items } = await answer('reading approvals', officer.api.GET('/v1/approvals', { params: { query: {} } }));
  approvalId = items[0]!.id;
  world.page.setDefaultTimeout(10_000);
  world.page.on('request', (request) => void sent.push(request.postData() ?? ''));
  await world.signInAs('compliance-officer');
});
afterEach(() => world.page.context().setOffline(false));
afterAll(() => world?.close());

const heading = (name: string | RegExp) => world.page.getByRole('heading', { name }).first().waitFor();

async function expectSound(path: string): Promise<void> {
  await world.open(path);
  await world.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await world.axe(), path).toEqual([]);
}

describe('approvals', () => {
  test('what waits is read, approved with a comment, and proven by an event', async () => {
    const { page } = world;
    await world.open('/approvals');
    await page.getByRole('link', { name: /Export 1 keys/ }).click();
    await heading('What changes');
    await page.getByText('escrow of the year').first().waitFor();
    await page.getByRole('link', { name: /An admin looks after members/ }).waitFor();
    expect(await world.axe()).toEqual([]);
    await page.getByLabel('Comment').fill('agreed by telephone');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText(/This was approved on/).waitFor();
    await page.getByRole('link', { name: 'The decision in the log' }).click();
    await heading('Verified in this browser');
    await heading('approval.granted');
  });

  test('it names the hash of what was drawn, and nobody decides twice', async () => {
    const { api } = world.organisations.osec.officer;
    const path = { approval_id: approvalId };
    const approval = await answer('reading it', api.GET('/v1/approvals/{approval_id}', { params: { path } }));
    expect(approval).toMatchObject({ status: 'approved', comment: 'agreed by telephone' });
    expect(sent.some((body) => body.includes(approval.shown_hash))).toBe(true);
    await world.open(`/approvals/${approvalId}`);
    await heading('What changes');
    expect(await world.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  test('axe finds nothing serious', async () => {
    await expectSound('/approvals');
    await expectSound('/approvals?show=decided');
  });
});

describe('the audit log', () => {
  test('filters stand in the address, and an address shows what it says', async () => {
    const { page } = world;
    await world.open('/audit-log');
    await page.getByLabel('Event', { exact: true }).selectOption('key-export.requested');
    await page.getByText('1 event', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).toBe('key-export.requested');
    await world.open('/audit-log?event=key-export.requested&outcome=failed');
    await page.getByText('No event fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('link', { name: 'tenant.created' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  test('an event verifies with the network cut, and a changed receipt is shown to break, and where', async () => {
    const { page } = world;
    await world.open('/audit-log?event=key-export.requested');
    await page.getByRole('link', { name: 'key-export.requested' }).click();
    await heading('Verified in this browser');
    const asked = sent.length;
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Verify again' }).click();
    await heading('Verified in this browser');
    await page.getByRole('img', { name: /up to the signed root/ }).waitFor();
    await page.getByText('That nothing else was logged about the same subject').waitFor();
    await page.locator('summary', { hasText: 'The receipt' }).click();
    const field = page.getByRole('textbox', { name: 'The receipt' });
    const receipt = await field.inputValue();
    await field.fill(withHash(receipt, (hash) => `${hash.startsWith('A') ? 'B' : 'A'}${hash.slice(1)}`));
    await page.getByText(/It breaks at the root/).waitFor();
    await field.fill(receipt.replace(/\n— (\S+) (.)/, (_, name, first) => `\n— ${name} ${first === 'A' ? 'B' : 'A'}`));
    await page.getByText(/It breaks at the signature/).waitFor();
    expect(await page.locator('.proof .proof-breaks').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Put the receipt back' }).click();
    await heading('Verified in this browser');
    expect(sent.length).toBe(asked);
    expect(await world.axe()).toEqual([]);
  });

  test('a proof that the service itself changed fails, and the page says where', async () => {
    const { page } = world;
    const path = page.url();
    await page.route('**/v1/receipts/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: withHash(await response.text(), (hash) => `${hash.slice(0, -3)}AA=`) });
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.getByText(/It breaks at the root/).waitFor();
    await page.unroute('**/v1/receipts/*');
  });

  test('the log has grown from the last visit, and a log that has not is told apart', async () => {
    const { page } = world;
    await world.open('/audit-log');
    await page.getByText('Since your last visit').waitFor();
    const { admin } = world.organisations.osec;
    await answer('adding somebody', admin.api.POST('/v1/members', { body: { name: 'Eve', roles: ['analyst'] } }));
    // A checkpoint is signed every ten seconds while the log grows.
    await page.getByText(/nothing that you saw on/).waitFor({ state: 'detached' });
    await expect
      .poll(
        async () => {
          await page.goto(`${world.service.url}/audit-log`, { waitUntil: 'networkidle' });
          return page.getByText(/added, and nothing that you saw/).count();
        },
        { timeout: 30_000, interval: 2000 },
      )
      .toBe(1);
    await page.evaluate(forgeKept);
    await page.route('**/consistency/**', (route) => route.fulfill({ status: 200, body: '' }));
    await page.goto(`${world.service.url}/audit-log`, { waitUntil: 'networkidle' });
    await page.getByText(/This is not the log that you saw/).waitFor();
    await page.unroute('**/consistency/**');
  }, 60_000);

  test('axe finds nothing serious', async () => {
    await expectSound('/audit-log');
    await expectSound('/audit-log/verify');
  });
});

/** A kept checkpoint whose root nobody signed. Runs inside the page. */
function forgeKept(): void {
  const kept = JSON.parse(localStorage.getItem('ecluse.checkpoint')!);
  const lines = kept.note.split('\n');
  lines[2] = `${lines[2].startsWith('A') ? 'B' : 'A'}${lines[2].slice(1)}`;
  localStorage.setItem('ecluse.checkpoint', JSON.stringify({ ...kept, note: lines.join('\n') }));
}

/** The first hash of the proof, below the lines `extra` and `index`, changed. */
function withHash(receipt: string, change: (hash: string) => string): string {
  const lines = receipt.split('\n');
  return lines.with(3, change(lines[3]!)).join('\n');
}

describe('policies', () => {
  test('a stricter policy is tried and proposed, and its proposer cannot approve it', async () => {
    const { page } = world;
    await world.open('/policies');
    await page.getByLabel('Search in the policies').fill('four eyes');
    await page.locator('strong', { hasText: 'Nobody approves what they asked for' }).waitFor();
    await page.getByRole('link', { name: 'Propose a change' }).click();
    await page.getByLabel('Begin with').selectOption({ label: 'A pattern: larger audiences only' });
    await page.getByRole('button', { name: 'Try it on scenarios and history' }).click();
    await heading('What changes');
    await page.getByText('stricter', { exact: true }).first().waitFor();
    await page.getByLabel('Why').fill('Small audiences say too much.');
    expect(await world.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await heading('Version 1');
    await page.getByRole('link', { name: 'To the approvals' }).click();
    await page.getByRole('link', { name: /Small audiences say too much/ }).click();
    await page.getByText('You asked for this yourself').waitFor();
  });

  test('what cannot be read is refused with its place', async () => {
    const { page } = world;
    await world.open('/policies/proposal');
    await page.getByLabel('Policies in Cedar').fill('permit everything');
    await page.getByRole('button', { name: 'Try it on scenarios and history' }).click();
    await page.getByRole('alert').or(page.locator('.notice.tone-warning')).first().waitFor();
  });

  test('axe finds nothing serious', async () => {
    for (const path of ['/policies', '/policies?show=history', '/policies/proposal']) await expectSound(path);
  });
});

describe('people’s requests', () => {
  test('a person is erased by digests that the page made, and nothing in the clear leaves it', async () => {
    const { page } = world;
    await world.open('/requests');
    await page.getByRole('link', { name: 'Take down a request' }).click();
    await page.getByLabel('The person’s addresses and numbers').fill(PERSON);
    await page.getByText('1 digest', { exact: true }).waitFor();
    expect(await world.axe()).toEqual([]);
    const { api } = world.organisations.osec.engineer;
    const { items } = await answer('reading the salt', api.GET('/v1/salts', { params: { query: {} } }));
    const digest = createHash('sha256').update(`${items[0]!.value}:email:${PERSON}`).digest('hex');
    await page.getByLabel('Reference').fill('R-2026-17');
    await page.getByRole('button', { name: 'Erase this person' }).click();
    await heading('R-2026-17');
    await page.getByText('Completed').waitFor({ timeout: 30_000 });
    expect(sent.some((body) => body.includes(digest))).toBe(true);
    expect(sent.filter((body) => body.includes('lecoq'))).toEqual([]);
    expect(await world.axe()).toEqual([]);
    await world.open('/requests');
    await page.getByRole('link', { name: 'R-2026-17' }).waitFor();
  });

  test('what is held of a person is handed out as a file', async () => {
    const { page } = world;
    await world.open('/requests/new?kind=access');
    await page.getByLabel('The person’s addresses and numbers').fill(PERSON);
    await page.getByRole('button', { name: 'Gather what is held' }).click();
    const taken = page.waitForEvent('download', { timeout: 30_000 });
    await page.getByRole('button', { name: 'Take the answer' }).click({ timeout: 30_000 });
    expect((await taken).suggestedFilename()).toMatch(/^answer-acc_/);
    await page.getByText('Answered').waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('an objection is recorded', async () => {
    const { page } = world;
    await world.open('/requests/new?kind=objection');
    await page.getByLabel('The person’s addresses and numbers').fill(PERSON);
    await page.getByLabel('Advertising').check();
    await page.getByRole('button', { name: 'Record the objection' }).click();
    await page.getByText(/left out from the next release on/).waitFor();
  });

  test('an objection by record id, for one destination alone, is recorded so', async () => {
    const { page } = world;
    await world.open('/requests/new?kind=objection');
    const record = page.getByRole('button', { name: 'Record the objection' });
    expect(await record.isDisabled()).toBe(true);
    await page.getByLabel('Or by record ids of a dataset').selectOption({ label: 'customers' });
    await page.getByLabel('Record ids', { exact: true }).fill('C-1\n\nC-2\n');
    await page.getByLabel('Letters').check();
    expect(await world.axe()).toEqual([]);
    await record.click();
    await page.getByText(/left out from the next release on/).waitFor();
    const bodies = sent.filter((body) => body.includes('C-1')).map((body) => JSON.parse(body));
    expect(bodies).toEqual([
      { records: [{ dataset_id: datasetId, record_ids: ['C-1', 'C-2'] }], destination_ids: [destinationId] },
    ]);
    const { api } = world.organisations.osec.officer;
    const query = { event: 'objection.recorded' };
    const { items } = await answer('reading the log', api.GET('/v1/audit/events', { params: { query } as never }));
    expect(items[0]).toMatchObject({ detail: { destinations: [destinationId] } });
  });

  test('a person is erased by a record id, and what is mistyped names nobody', async () => {
    const { page } = world;
    await world.open('/requests/new');
    await page.getByLabel('Or by record ids of a dataset').selectOption({ label: 'customers' });
    await page.getByLabel('Record ids', { exact: true }).fill('C-7');
    const erase = page.getByRole('button', { name: 'Erase this person' });
    await page.getByLabel('The person’s addresses and numbers').fill('email\nnonsense\n');
    await page.getByText('1 entry is no address or number').waitFor();
    expect(await erase.isDisabled()).toBe(true);
    await page.getByLabel('The person’s addresses and numbers').fill('');
    await page.getByLabel('Reference').fill('R-2026-18');
    await erase.click();
    await heading('R-2026-18');
    await page.getByText('Completed').waitFor({ timeout: 30_000 });
  });
});

describe('evidence', () => {
  test('a pack of a period is made and downloaded', async () => {
    const { page } = world;
    await expectSound('/evidence?kind=period');
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('From').fill(day(-1));
    await page.getByLabel('Before').fill(day(1));
    const taken = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Make the pack' }).click();
    expect((await taken).suggestedFilename()).toBe('evidence-period.zip');
    await page.getByText(/is among your downloads/).waitFor();
  });
});
