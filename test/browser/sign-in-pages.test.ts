// The door of the console as a person meets it: the first password by a one-time link, out, refused with a wrong one, in again, and back to
// where one wanted to go; in the language and theme that one chose.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../bench/demo/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';

const PASSWORD = 'nine herons at the weir';
const PATIENCE_MS = 12_000;

let world: BrowserWorld;
let link: URL;
beforeAll(async () => {
  world = await openBrowserWorld();
  world.page.setDefaultTimeout(PATIENCE_MS);
  const { analyst, admin } = world.organisations.osec;
  const { signed_in: own } = await answer('reading who the analyst is', analyst.api.GET('/v1/session'));
  const params = { path: { member_id: own!.member.id } };
  const made = await answer('a link', admin.api.POST('/v1/members/{member_id}/welcome-link', { params }));
  link = new URL(made.url);
});
afterAll(() => world?.close());

const press = (name: string) => world.page.getByRole('button', { name, exact: true }).click();

test('without its token a link says what is wrong with it', async () => {
  await world.open('/welcome');
  await world.page.getByText('This link is incomplete').waitFor();
  expect(await world.axe()).toEqual([]);
});

test('a link sets a password that is long enough and the same twice, and its token leaves the address', async () => {
  const { page } = world;
  await world.open(`/welcome${link.hash}`);
  await page.waitForURL(({ hash }) => hash === '');
  await page.getByLabel('New password').fill('short');
  await page.getByLabel('The same password again').fill('other');
  await press('Set the password and enter');
  await page.getByText('This password is shorter than 12 characters.').waitFor();
  await page.getByText('The two passwords differ.').waitFor();
  expect(await world.axe()).toEqual([]);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await press('Set the password and enter');
  await page.getByRole('heading', { level: 1, name: /Osec analyst/ }).waitFor();
});

test('whoever is signed out is asked to sign in, and comes to where they wanted to go', async () => {
  const { page } = world;
  await press('Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await world.open('/collaborations?view=table');
  await page.getByLabel('Email or member name').fill('Osec analyst');
  await page.getByLabel('Password').fill('not the password at all');
  await press('Sign in');
  await page.getByRole('alert').getByText('Name, password or code is wrong').waitFor();
  expect(await world.axe()).toEqual([]);
  await page.getByLabel('Password').fill(PASSWORD);
  await press('Sign in');
  await page.getByRole('heading', { level: 1, name: 'Collaborations' }).waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/collaborations?view=table');
});

test('language and theme are as chosen, and stay so', async () => {
  const { page } = world;
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await page.getByText('Dark', { exact: true }).click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.getByLabel('Language').selectOption('Français');
  await page.getByRole('button', { name: 'Se déconnecter' }).waitFor();
  await page.reload({ waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Se déconnecter' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
  expect(await paper()).toBe(dark);
  expect(await world.axe()).toEqual([]);
});
