// Members of every role sign in to the console in the browser, and an operator too; each sees the first page as who they are.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import type { SignedInRole } from './sign-in.ts';

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
});
afterAll(() => world?.close());

const ROLES: readonly [SignedInRole, string][] = [
  ['operator', 'Operator'],
  ['admin', 'Administrator'],
  ['data-engineer', 'Data engineer'],
  ['analyst', 'Analyst'],
  ['compliance-officer', 'Compliance officer'],
];

test.each(ROLES)('a member of role %s is welcomed as %s, and again after signing in anew', async (role, shown) => {
  for (let turn = 0; turn < 2; turn++) {
    await world.signInAs(role);
    await world.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await world.page.locator('main .badge').allInnerTexts()).toContain(shown);
  }
});

test('axe finds nothing serious on the first page', async () => {
  expect(await world.axe()).toEqual([]);
});
