// Those who run things in a real browser: an operator opens an organisation and sees how the service is; an administrator looks after
// people, API keys, match keys, jobs and destinations.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
  world.page.setDefaultTimeout(15_000);
});
afterAll(() => world?.close());

const row = (text: string | RegExp) => world.page.getByRole('row').filter({ hasText: text });

async function expectSound(path: string): Promise<void> {
  await world.open(path);
  await world.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await world.axe(), path).toEqual([]);
}

describe('an operator', () => {
  test('opens an organisation and gets a one-time link for its first administrator', async () => {
    const { page } = world;
    await world.signInAs('operator');
    await world.open('/tenants');
    await row('Osec').waitFor();
    await page.getByLabel('Name of the organisation').fill('Nordet');
    await page.getByLabel('Name of its first administrator').fill('Solène');
    await page.getByRole('button', { name: 'Open an organisation' }).click();
    await page.getByText(`${world.service.url}/welcome#`).waitFor();
    await row('Nordet').waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('sees versions, storage, jobs, the log and the service’s keys', async () => {
    const { page } = world;
    await world.open('/service');
    await page.getByText(process.versions.node).waitFor();
    await row('log-signing').waitFor();
    await row('database and other files').waitFor();
    await page.getByRole('meter', { name: 'Free on this disk' }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('ten_');
    expect(await world.axe()).toEqual([]);
  });

  test('is told that an organisation’s pages are not theirs', async () => {
    await world.open('/members');
    await world.page.getByText('This page belongs to another role').waitFor();
  });
});

describe('an administrator', () => {
  test('adds a person, and lets them go', async () => {
    const { page } = world;
    await world.signInAs('admin');
    await world.open('/members');
    await page.getByLabel('Name', { exact: true }).fill('Solveig');
    await page.getByLabel(/Analyst/).check();
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByText(`${world.service.url}/welcome#`).waitFor();
    await row('Solveig').waitFor();
    await page.getByRole('button', { name: 'Deactivate Solveig' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await row('Solveig').getByText('let go').waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('issues an API key, shown once, and revokes it', async () => {
    const { page } = world;
    await page.getByLabel('Member', { exact: true }).selectOption({ label: 'Osec analyst' });
    await page.getByLabel('What it is for').fill('nightly report');
    await page.getByRole('button', { name: 'Issue a key' }).click();
    await page.getByText(/^ecl_/).waitFor();
    await page.getByRole('button', { name: 'Revoke the key nightly report' }).click();
    await row('nightly report').getByText('revoked').waitFor();
  });

  test('rotates the match key by keyboard and sees the new version', async () => {
    const { page } = world;
    await world.open('/keys');
    await page.getByRole('button', { name: 'Rotate the key of your organisation' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).focus();
    await page.keyboard.press('Enter');
    await row('rotate-tenant-key').getByText('succeeded').waitFor({ timeout: 30_000 });
    await row('your organisation').getByText('2', { exact: true }).waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('sees jobs and destinations', async () => {
    await expectSound('/jobs');
    await row('rotate-tenant-key').waitFor();
  });
});
