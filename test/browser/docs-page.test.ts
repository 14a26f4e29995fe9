// The reference of the API as a browser shows it: from the service alone, within its policy, and readable by everybody.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
});
afterAll(() => world?.close());

test('the reference shows every group of operations and asks nobody else', async () => {
  await world.open('/docs');
  expect(await world.page.locator('section').count()).toBeGreaterThan(10);
  expect(world.origins()).toEqual([new URL(world.service.url).origin]);
});

test('axe finds nothing serious in it', async () => {
  expect(await world.axe()).toEqual([]);
});
