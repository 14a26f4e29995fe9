// The data engineer's journey: a file is dropped, understood, hashed in the browser as the command line hashes it, uploaded, loaded.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../bench/demo/api.ts';
import { saltedDigest } from '../../identifiers/salted-digest.ts';
import type { Dataset, Salt } from '../../openapi/generated/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import { CRM, hashByCommandLine } from './customer-file.ts';

let world: BrowserWorld;
let folder: string;
let salt: Salt;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecluse-onboarding-'));
  writeFileSync(join(folder, 'crm.csv'), CRM);
  world = await openBrowserWorld({ locale: 'fr-FR' });
  await world.signInAs('data-engineer');
  await world.page.getByLabel('Langue').selectOption('en');
  salt = (await answer('salts', world.organisations.osec.engineer.api.GET('/v1/salts', { params: { query: {} } })))
    .items[0]!;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world?.close();
});

const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const roleOf = (column: string) => world.page.getByLabel(`Role of ${column}`);

const textOf = async (where: Locator): Promise<string> => (await where.allInnerTexts()).join('\n');

/** As a mouse does: the file falls onto the page. */
async function drop(name: string, content: string): Promise<void> {
  const dropped = await world.page.evaluateHandle(
    ([fileName, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text!], fileName!, { type: 'text/csv' }));
      return data;
    },
    [name, content],
  );
  await world.page.locator('.file-drop').dispatchEvent('drop', { dataTransfer: dropped });
}

async function datasetNamed(name: string): Promise<Dataset> {
  const { api } = world.organisations.osec.engineer;
  const { items } = await answer('datasets', api.GET('/v1/datasets', { params: { query: {} } }));
  return items.find((one) => one.name === name)!;
}

/** The hashed file as it rests in the browser's own storage. */
function keptFile(suffix: string): Promise<string> {
  return world.page.evaluate(async (end) => {
    const kept = await (await navigator.storage.getDirectory()).getDirectoryHandle('onboarding');
    for await (const [name, handle] of kept.entries()) {
      if (name.endsWith(end)) return (await (handle as FileSystemFileHandle).getFile()).text();
    }
    return '';
  }, suffix);
}

test('what is no CSV is refused in words that say what to do', async () => {
  await world.open('/onboarding');
  expect(await world.axe()).toEqual([]);
  for (const [name, content, said] of [
    ['people.parquet', 'PAR1\u0015\u0004', 'Parquet'],
    ['people.ndjson', '{"email":"ada@example.org"}\n', 'JSON'],
    ['people.xlsx', 'PK\u0003\u0004', 'spreadsheet'],
    ['people.csv', '', 'file_empty'],
    ['people.csv', '1;ada@example.org\n2;bob@example.org\n', 'header_invalid'],
  ] as const) {
    await drop(name, content);
    const alert = world.page.getByRole('alert').filter({ hasText: said });
    await alert.waitFor();
    expect(await textOf(alert)).not.toContain('ada@');
  }
});

test('the columns of a dropped file are guessed, doubted where in doubt, and confirmed by hand', async () => {
  await drop('crm.csv', CRM);
  await button('Hash and upload').waitFor();
  const guessed = {
    'N° client': 'record-id',
    'E-mail': 'identifier-email',
    'Téléphone portable': 'identifier-phone',
    Prénom: 'leave-out',
    Consentement: 'consent-purposes',
    'Inscrit le': 'attribute-date',
  };
  for (const [column, word] of Object.entries(guessed)) expect(await roleOf(column).inputValue(), column).toBe(word);
  await roleOf('Ville').selectOption('leave-out');
  await roleOf('Ville').selectOption('attribute-category');
  expect(await world.page.getByText('Chosen by you').count()).toBe(1);
  expect(await world.page.getByLabel('Country of the telephone numbers').inputValue()).toBe('FR');
});

test('the preview shows what is hashed of each value, and the digits of the very digest', async () => {
  const rows = world.page.getByRole('region', { name: 'How it will be hashed' }).getByRole('row');
  const ada = rows.filter({ hasText: 'Ada.Lovelace@Example.org' });
  const digest = saltedDigest({ salt: salt.value, type: 'email', normalised: 'ada.lovelace@example.org' });
  expect(await textOf(ada)).toContain(`${digest.slice(0, 8)}…`);
  expect(await textOf(rows.filter({ hasText: '06 39 98 12 34' }))).toContain('+33639981234');
  expect(await textOf(rows.filter({ hasText: 'nonsense' }))).toContain('malformed');
  expect(await rows.filter({ hasText: 'Prénom' }).count()).toBe(0);
  expect(await world.axe()).toEqual([]);
});

test('the hashed file is the command line’s to the last byte, and a cut upload goes on after a reload', async () => {
  await world.page.route('**/v1/uploads/*', (route) => route.abort());
  await button('Hash and upload').click();
  await button('Pause').waitFor();
  await expect.poll(() => keptFile('.json')).toContain('uploadUrl');
  const dataset = await datasetNamed('crm');
  const expected = hashByCommandLine(folder, { file: join(folder, 'crm.csv'), dataset, salt, leaveOut: ['Prénom'] });
  expect(await keptFile('.hashed.csv')).toBe(expected.bytes.toString('utf8'));
  expect(await keptFile('.rejects.csv')).toBe(expected.rejects);
  expect(JSON.parse(await keptFile('.json'))).toMatchObject({ sha256: expected.sha256, bytes: expected.bytes.length });

  const rejects = world.page.getByRole('region', { name: 'Rows and cells that were not hashed' }).getByRole('row');
  const listed = (await rejects.allInnerTexts()).slice(1).map((text) => text.split('\t').slice(0, 3).join(','));
  expect(listed).toEqual(
    expected.rejects
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.replace(',,', ',whole row,')),
  );
  expect(await textOf(rejects.filter({ hasText: 'cleartext_identifier' }))).toContain('leave it out');
  expect(await world.axe()).toEqual([]);

  await world.page.unroute('**/v1/uploads/*');
  // Neither another page of the console nor a reload loses it.
  await world.page.getByRole('link', { name: 'Datasets' }).first().click();
  await world.page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
  expect(await keptFile('.hashed.csv')).toBe(expected.bytes.toString('utf8'));
  await world.page.getByRole('link', { name: 'Load a file' }).first().click();
  await world.page.getByText('An upload waits to go on').waitFor();
  await world.page.reload();
  await world.page.getByText('An upload waits to go on').waitFor();
  const begun = new Set<string>();
  world.page.on(
    'request',
    (request) => void (request.method() === 'POST' && begun.add(new URL(request.url()).pathname)),
  );
  await button('Go on').click();
  await world.page.waitForURL('**/loads/*');
  expect(begun.has('/v1/uploads')).toBe(false); // the upload that was begun, not another
});

test('the load’s page follows it to its end and lists each rejected row in file order', async () => {
  await world.page.getByRole('heading', { name: 'Rejected rows by code' }).waitFor();
  expect(await textOf(world.page.locator('.facts'))).toMatch(/Rows received\s+6[\s\S]*Accepted\s+4[\s\S]*Rejected\s+2/);
  const rejects = world.page.getByRole('region', { name: 'Rejected rows, in the order of the file' }).getByRole('row');
  await rejects.last().waitFor();
  const listed = (await rejects.allInnerTexts()).slice(1).map((text) => text.split('\t').slice(0, 3).join(' '));
  expect(listed).toEqual(['4 Inscrit le attribute_invalid', '5 N° client record_id_duplicate']);
  expect(await textOf(rejects.last())).toContain('Take out the doublets');
  expect(await world.axe()).toEqual([]);
});

test('the dataset shows its version, figures, retention and loads; nothing of the file is left in the browser', async () => {
  await world.page.getByRole('link', { name: 'Dataset', exact: false }).filter({ hasText: '←' }).click();
  await world.page.getByRole('heading', { level: 1, name: 'crm' }).waitFor();
  await world.page.getByRole('link', { name: /\d/ }).first().waitFor();
  const facts = await textOf(world.page.locator('.facts'));
  expect(facts).toMatch(/dsv_[0-9a-z]{26}/);
  expect(facts).toMatch(/Rows\s+4/);
  expect(facts).toMatch(/Retention\s+\d+ months/);
  expect(await world.axe()).toEqual([]);
  expect(await keptFile('.hashed.csv')).toBe('');
  await world.page.getByRole('link', { name: 'Datasets' }).first().click();
  await world.page.getByRole('link', { name: 'crm' }).waitFor();
  expect(await world.axe()).toEqual([]);
});

test('a file for a dataset that there is needs no questions about its columns, and leaves out what the schema does not know', async () => {
  const { id } = await datasetNamed('crm');
  await world.open(`/datasets/${id}/load`);
  await drop('more.csv', CRM.replace(/^c-[1-7].*\n/gm, '').replace('max@', 'maxine@'));
  await world.page.getByText('Left out of the hashed file: Prénom').waitFor();
  await world.page.getByLabel('What the file does').selectOption('upsert');
  await button('Hash and upload').click();
  await world.page.waitForURL('**/loads/*');
  await world.page.getByText('Every row was accepted').waitFor();
});

test('the policy is shown, and a foreign request is stopped from the page and from a worker', async () => {
  await world.open('/onboarding');
  expect(await world.page.getByText("connect-src 'self'").count()).toBe(1);
  for (let n = 0; n < 2; n++)
    world.expectViolation({ directive: 'connect-src', blocked: 'https://self-test.invalid/' });
  await button('Try to reach another address').click();
  await world.page.getByText('Both requests were stopped by connect-src').waitFor();
  await expect.poll(() => world.violations()).toHaveLength(2);
});
