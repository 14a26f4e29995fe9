// A destination from its declaration to its report in a real browser: an administrator makes and tests it and chooses an audience, an
// analyst reads which rows a receiver did not take and retries them, an officer decides on what the circuit breaker holds.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { declareList, type ListShape, loadList } from '../../bench/attacks/partner.ts';
import { approve } from '../../bench/demo/activate.ts';
import { answer, jobDone } from '../../bench/demo/api.ts';
import { SANDBOX_CREDENTIALS } from '../../connectors/customer-list/sandbox-ground.ts';
import { startSnapSandbox } from '../../connectors/snap/sandbox.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox, type WebhookSandbox } from '../../connectors/webhook/sandbox.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import { EXCHANGE_ENV } from './exchange.ts';

const SHAPE: ListShape = {
  name: 'customers',
  identifiers: ['email'],
  attributes: {
    spend: { role: 'attribute', kind: 'number' },
    key: { role: 'activation-id', type: 'customer' },
  },
};
/** On a machine that has much else to do, too. */
vi.setConfig({ testTimeout: 300_000 });
const PATIENCE_MS = 60_000;
const unknown = new Set(['k-7', 'k-70']);

let world: BrowserWorld;
let receiver: WebhookSandbox;
let snap: Awaited<ReturnType<typeof startSnapSandbox>>;
let datasetId: string;
let activationId: string;
let audienceId: string;

beforeAll(async () => {
  receiver = await startWebhookSandbox({ namesIds: true, isKnownId: (id) => !unknown.has(id) });
  snap = await startSnapSandbox();
  world = await openBrowserWorld({ serviceEnv: EXCHANGE_ENV });
  world.page.setDefaultTimeout(PATIENCE_MS);
  datasetId = await declareList(world.organisations.osec, SHAPE);
  await load(120);
}, 300_000);
afterAll(async () => {
  await world?.close();
  await receiver?.close();
  await snap?.close();
});

const load = (persons: number) => {
  const rows = Array.from({ length: persons }, (_, n) => ({
    email: `p${n}@example.org`,
    attributes: [String(n), `k-${n}`],
  }));
  return loadList(world.service, world.organisations.osec, { datasetId, shape: SHAPE, rows, mode: 'replace' });
};

const press = (name: string | RegExp) => world.page.getByRole('button', { name, exact: true }).click();
const fill = (label: string, value: string) => world.page.getByLabel(label, { exact: true }).fill(value);

describe('an administrator', () => {
  test('makes a destination from what its kind declares, and tests it', async () => {
    const { page } = world;
    await world.signInAs('admin');
    await world.open('/destinations');
    await page.getByRole('link', { name: 'New destination' }).click();
    await page.getByLabel('Kind of destination').selectOption('webhook');
    await fill('Name', 'Our tool');
    await fill('Address (needed)', `${receiver.url}/hook`);
    await page.getByLabel('Id type (needed)').selectOption('customer');
    await fill('Largest message', '12');
    await fill('Signing key (needed)', SANDBOX_SIGNING_KEY);
    expect(await world.axe()).toEqual([]);
    await press('Create the destination');
    await page.locator('.field-error').first().waitFor();
    await fill('Largest message', '');
    await press('Create the destination');
    await page.getByRole('heading', { name: 'Our tool', level: 1 }).waitFor();
    await press('Test the credentials');
    await page.locator('.badge', { hasText: 'Works' }).waitFor();
    expect(await page.content()).not.toContain(SANDBOX_SIGNING_KEY);
    expect(await world.axe()).toEqual([]);
  });

  test('chooses the audience afterwards, from what the platform has', async () => {
    const { page } = world;
    await world.open('/destinations/new');
    await page.getByLabel('Kind of destination').selectOption('snap');
    await fill('Name', 'Snap account');
    await fill('API address', snap.url);
    await fill('Token address', snap.tokenUrl);
    await fill('Ad account id', 'account-1');
    await page.getByLabel(/^Data( |$)/).selectOption('email');
    for (const [name, value] of Object.entries(SANDBOX_CREDENTIALS)) {
      await page.getByLabel(new RegExp(`^${name.replace('_', ' ')}`, 'i')).fill(value);
    }
    await press('Create the destination');
    await page.getByRole('heading', { name: 'Audience on the platform' }).waitFor();
    await fill('Or make one, by name', 'Hikers');
    await press('Make it');
    await page
      .locator('option', { hasText: /^Hikers \(/ })
      .first()
      .waitFor({ state: 'attached' });
    await page.waitForFunction(
      "[...document.querySelectorAll('option')].some((one) => one.selected && one.textContent.startsWith('Hikers ('))",
    );
    expect(snap.lists.named()).toMatchObject([{ name: 'Hikers' }]);
    expect(await world.axe()).toEqual([]);
  });
});

describe('an analyst', () => {
  test('reads row by row what was not taken and what to do, and retries it', async () => {
    const { page } = world;
    const deliveryId = await deliverFirst();
    await world.signInAs('analyst');
    await world.open('/destinations');
    await page.getByRole('link', { name: 'Our tool' }).click();
    await page.getByRole('heading', { name: 'Last deliveries' }).waitFor();
    await page.getByText('Nothing runs by itself').waitFor();
    expect(await world.axe()).toEqual([]);
    await page.locator(`a[href="/deliveries/${deliveryId}"]`).click();
    await page.getByText('The platform does not know this person').waitFor();
    const rows = page.getByRole('region', { name: 'Row by row' });
    await rows.getByRole('row', { name: /^2 1 unknown_id Person unknown there Can be retried$/ }).waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/k-\d/);
    expect(await world.axe()).toEqual([]);
    unknown.clear();
    await press('Retry 2 rows');
    await page.getByText('The platform took every row').waitFor();
    expect(receiver.members()).toHaveLength(120);
  });

  test('reads the same in French', async () => {
    const { page } = world;
    await world.open('/destinations');
    await page.getByLabel('Language').selectOption('Français');
    await page.getByRole('link', { name: 'Our tool' }).click();
    await page.getByRole('heading', { name: 'Dernières livraisons' }).waitFor();
    await page.getByText('Rien ne part tout seul').waitFor();
    expect(await world.axe()).toEqual([]);
    await page.getByLabel('Langue').selectOption('English');
  });
});

describe('an officer', () => {
  beforeAll(async () => {
    await load(480);
    const { analyst } = world.organisations.osec;
    const audience = { params: { path: { audience_id: audienceId } }, body: {} };
    const again = await answer('again', analyst.api.POST('/v1/audiences/{audience_id}/refresh', audience));
    await jobDone('evaluating', analyst, again.job_id);
    await deliver();
  }, 300_000);

  test('lets on what the circuit breaker holds, on the page of the destination', async () => {
    const { page } = world;
    await world.signInAs('compliance-officer');
    await world.open('/destinations');
    await page.getByRole('link', { name: 'Our tool' }).click();
    await page.getByRole('heading', { name: 'Held by the circuit breaker' }).waitFor();
    expect(await page.locator('main').textContent()).toMatch(/Persons now480.*The most before1\d\d/);
    expect(await world.axe()).toEqual([]);
    expect(receiver.members()).toHaveLength(120);
    await press('Approve');
    await page.getByRole('heading', { name: 'Held by the circuit breaker' }).waitFor({ state: 'detached' });
    await expect.poll(() => receiver.members().length, { timeout: PATIENCE_MS, interval: 200 }).toBe(480);
  });
});

async function deliverFirst(): Promise<string> {
  const { osec } = world.organisations;
  const { analyst, admin } = osec;
  const { items } = await answer('destinations', admin.api.GET('/v1/destinations', {}));
  const destination_id = items.find(({ name }) => name === 'Our tool')!.id;
  const segment = { name: 'Everybody', dataset_id: datasetId, text: 'own.spend >= 0' };
  const { id: segment_id } = await answer('a segment', analyst.api.POST('/v1/segments', { body: segment }));
  const wish = { name: 'Everybody', segment_id };
  const audience = await answer('an audience', analyst.api.POST('/v1/audiences', { body: wish }));
  audienceId = audience.id;
  await jobDone('evaluating', analyst, audience.job_id);
  const asked = { audience_id: audienceId, destination_id, purpose: 'advertising' };
  activationId = (await answer('an activation', analyst.api.POST('/v1/activations', { body: asked }))).id;
  const params = { path: { activation_id: activationId } };
  const { job_id } = await answer('dry run', analyst.api.POST('/v1/activations/{activation_id}/dry-run', { params }));
  await jobDone('dry run', analyst, job_id);
  await answer('submitting', analyst.api.POST('/v1/activations/{activation_id}/submit', { params }));
  await approve(activationId, osec);
  return deliver();
}

/** Ends as it ends: some rows are not taken, or the breaker holds it. */
async function deliver(): Promise<string> {
  const { analyst } = world.organisations.osec;
  const params = { path: { activation_id: activationId } };
  const made = await answer('delivering', analyst.api.POST('/v1/activations/{activation_id}/deliveries', { params }));
  const path = { delivery_id: made.id };
  const ended = ['partially_delivered', 'delivered', 'awaiting_approval'];
  for (;;) {
    const { status } = await answer('reading', analyst.api.GET('/v1/deliveries/{delivery_id}', { params: { path } }));
    if (ended.includes(status)) return made.id;
    if (status === 'failed' || status === 'refused') throw new Error(`the delivery ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
