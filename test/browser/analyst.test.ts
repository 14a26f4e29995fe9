// The analyst's journey in a real browser: collaborations at a glance, a question with its cost in sight, a segment built by keyboard, its
// audience tried, put up for approval, approved by the officer on the page, and delivered. Only the partner approves beside it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve } from '../../bench/demo/activate.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import { EXCHANGE_ENV, type Exchange, playExchange } from './exchange.ts';

/** What takes longer on a page, a person would take for stuck. */
const PATIENCE_MS = 12_000;

let world: BrowserWorld;
let exchange: Exchange;
beforeAll(async () => {
  world = await openBrowserWorld({ serviceEnv: EXCHANGE_ENV });
  exchange = await playExchange(world);
  await world.signInAs('analyst');
  world.page.setDefaultTimeout(PATIENCE_MS);
}, 300_000);
afterAll(async () => {
  await exchange?.close();
  await world?.close();
});

const room = (): string => `/collaborations/${exchange.room.collaborationId}`;

async function follow(name: string): Promise<void> {
  await world.page.getByRole('link', { name, exact: true }).first().click();
}

async function press(name: string): Promise<void> {
  await world.page.getByRole('button', { name, exact: true }).click();
}

describe('collaborations', () => {
  test('stand at a glance with who is in, what matches and what budget is left', async () => {
    await follow('Collaborations');
    const card = world.page.locator('.card', { hasText: 'Raincoats for hikers' });
    await card.getByText('osec (you)').waitFor();
    const text = await card.textContent();
    expect(text).toContain('Email and Phone');
    await card.locator('.progress-head', { hasText: /^Privacy budget left\d+(\.\d+)?%$/ }).waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('show the way of the file, the overlap with its match rates, a profile and a conversion', async () => {
    await follow('Raincoats for hikers');
    await world.page.locator('svg[aria-label^="What became of the file"]').waitFor();
    const { received, accepted, persons } = exchange.crm.load;
    await expect.poll(() => stepOf('Received')).toBe(received);
    await expect.poll(() => stepOf('Accepted')).toBe(accepted);
    await expect.poll(() => stepOf('Persons in the file')).toBe(persons);
    await expect
      .poll(() => stepOf('Matched'))
      .toBe('value' in exchange.room.overlap ? exchange.room.overlap.value : undefined);
    await world.page.getByText('How many consented is shown after a dry run').waitFor();
    const overlap = world.page.locator('main');
    await overlap.locator('.venn-circle').first().waitFor();
    await overlap.getByText(String(exchange.room.matchRate), { exact: true }).first().waitFor();
    await world.page.getByText('Dots and bars').click();
    await overlap.locator('.upset-dot').first().waitFor();
    await world.page.locator('svg[aria-label="By Loyalty (osec)"] .chart-whisker').first().waitFor();
    expect(await world.axe()).toEqual([]);
    await world.page.getByLabel('Match', { exact: true }).selectOption({ label: 'orders × views' });
    await world.page.locator('svg[aria-label="Who bought, in percent"] .chart-whisker').first().waitFor();
    expect(await world.axe()).toEqual([]);
  });

  test('tell their terms and what each contributor allows', async () => {
    await world.page.getByRole('tab', { name: 'Rules and matches' }).click();
    await world.page.getByText('To xandr, for Advertising').first().waitFor();
    expect(await world.axe()).toEqual([]);
    expect(new URL(world.page.url()).searchParams.get('tab')).toBe('rules');
  });
});

/** The figure of a step in the table beside the waterfall. */
async function stepOf(label: string): Promise<number> {
  const table = world.page.locator('figure', { has: world.page.locator('svg[aria-label^="What became"]') });
  const cell = table
    .locator('tr', { has: world.page.locator('th', { hasText: new RegExp(`^${label}$`) }) })
    .locator('td');
  return Number(((await cell.first().textContent()) ?? '').replaceAll(/\D/g, ''));
}

describe('a question', () => {
  test('shows its cost and its noise before it is asked, and is answered with intervals', async () => {
    await world.open(`${room()}/ask`);
    await world.page.getByText('Profile', { exact: true }).click();
    await world.page.getByLabel('Spread over').selectOption('osec.loyalty');
    await world.page.getByLabel('Compare with the persons who are not matched').uncheck();
    await world.page.getByText('How do the persons in both osec and rando spread over loyalty of osec?').waitFor();
    expect(await world.page.locator('main').textContent()).toMatch(/± \d+ in 19 of 20 answers/);
    expect(await world.axe()).toEqual([]);
    await press('Ask');
    await world.page.locator('.chart-whisker').first().waitFor();
    expect(await world.page.locator('main').textContent()).toContain('Answered');
    expect(await world.axe()).toEqual([]);
  });

  test('that a rule does not allow is refused before it is asked, with what to do', async () => {
    await world.open(`${room()}/ask`);
    await world.page.getByLabel('Match', { exact: true }).selectOption({ label: 'orders × views' });
    await world.page.getByText('This would be refused').waitFor();
    await world.page.getByText('Ask that contributor to allow it, or ask something else.').waitFor();
    expect(await world.page.getByRole('button', { name: 'Ask', exact: true }).isDisabled()).toBe(true);
  });

  test('asked stands in the list with what it cost', async () => {
    await follow('Questions');
    await world.page
      .getByRole('row', { name: /spread over loyalty of osec\? Profile Answered/ })
      .first()
      .waitFor();
    expect(await world.axe()).toEqual([]);
  });
});

/** Moves on until the focus is on what has this name, as a person without a mouse does. */
async function tabTo(name: string): Promise<void> {
  const { page } = world;
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => {
      const focused = document.activeElement as HTMLInputElement | null;
      return focused?.getAttribute('aria-label') ?? focused?.labels?.[0]?.textContent ?? focused?.textContent ?? '';
    });
    if (label === name) return;
  }
  throw new Error(`no ${name} within 60 presses of Tab`);
}

describe('a segment', () => {
  test('is built by keyboard alone, said in a sentence, and counted at a price that was told', async () => {
    const { page } = world;
    await world.open(`/segments/new?collaboration=${exchange.room.collaborationId}`);
    await page.getByRole('group', { name: 'The segment', exact: true }).waitFor();
    await page.locator('h1').focus();
    await tabTo('Attribute');
    await page.keyboard.type('activity');
    await tabTo('hiking');
    await page.keyboard.press('Space');
    await page
      .getByText('Activity is hiking', { exact: false })
      .or(page.getByText('activity is hiking'))
      .first()
      .waitFor();
    await tabTo('Add a criterion');
    await page.keyboard.press('Enter');
    await page.locator('.criterion').nth(1).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.locator('.criterion').nth(1).getByLabel('Attribute').focus();
    await page.keyboard.type('last raincoat');
    await page.locator('.criterion').nth(1).getByLabel('Value').fill('2025-06-30');
    await page.locator('.sentence', { hasText: 'last raincoat before 30 Jun 2025' }).waitFor();
    await page.locator('.progress-head', { hasText: /^Cost\d+(\.\d+)?%$/ }).waitFor();
    expect(await world.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Count them' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.big-value').waitFor();
    expect(await page.locator('.big-value').textContent()).toMatch(/^\d|fewer than 50/);
  });

  test('takes groups: those except these', async () => {
    const { page } = world;
    const root = page.getByRole('group', { name: 'The segment', exact: true });
    await root.getByText('These except those').first().click();
    const dropped = page.getByRole('group', { name: 'Except', exact: true });
    await dropped.getByLabel('Attribute').selectOption('osec.complaint');
    await page.locator('.sentence', { hasText: /, except complaint$/ }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Hikers due a raincoat');
    await press('Keep the segment');
    await page.getByRole('heading', { name: 'Hikers due a raincoat' }).waitFor();
    expect(await page.locator('pre').textContent()).toMatch(/ EXCEPT osec\.complaint$/);
    expect(await world.axe()).toEqual([]);
  });
});

/** As Osec's officer, who sees what changes, what the dry run found and which policies decided. */
async function approveOnThePage(): Promise<void> {
  const { page } = world;
  await world.signInAs('compliance-officer');
  await follow('Approvals');
  await page.locator('main .card').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'What changes' }).waitFor();
  await page.locator('.figures', { hasText: 'Would be delivered' }).waitFor();
  expect(await world.axe()).toEqual([]);
  await page.getByLabel('Comment').fill('consent and segment checked');
  await press('Approve');
  await page.getByText(/This was approved on/).waitFor();
}

describe('an audience', () => {
  test('is tried, approved by second persons, delivered, and the waterfall is whole then', async () => {
    const { page, organisations } = world;
    await press('Make the audience');
    await page.locator('.badge', { hasText: 'Ready' }).waitFor();
    await page.getByLabel('Destination').selectOption(exchange.destinationId);
    await press('Draft it');
    await press('Try without sending');
    await page.getByText('Would be delivered').waitFor();
    expect(await world.axe()).toEqual([]);
    await press('Ask for approval');
    await page.locator('.badge', { hasText: 'Awaiting approval' }).waitFor();
    const audience = page.url();
    const [activation] = (await organisations.osec.analyst.api.GET('/v1/activations')).data?.items ?? [];
    await approve(activation!.id, organisations.rando);
    await approveOnThePage();
    await world.signInAs('analyst');
    await page.goto(audience);
    await press('Deliver');
    await page.getByRole('row', { name: /Delivered/ }).waitFor();
    expect(await world.axe()).toEqual([]);
    await world.open(room());
    await page.locator('svg[aria-label^="What became of the file"]').waitFor();
    expect(await stepOf('Delivered')).toBeGreaterThan(0);
  });

  test('stands in the list, and its destination in another', async () => {
    await follow('Audiences');
    await world.page.getByRole('row', { name: /Hikers due a raincoat Ready/ }).waitFor();
    expect(await world.axe()).toEqual([]);
    await follow('Destinations');
    await world.page.getByRole('row', { name: /Xandr seat of Osec xandr eu/ }).waitFor();
    expect(await world.axe()).toEqual([]);
    await follow('Segments');
    await world.page.getByRole('row', { name: /Hikers due a raincoat/ }).waitFor();
    expect(await world.axe()).toEqual([]);
  });
});
