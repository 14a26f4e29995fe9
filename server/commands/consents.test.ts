// The command line grants and withdraws for a file of persons, in parts, and prints none of them.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDataset } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { type ConsentsFlags, changeConsents } from './consents.ts';

let world: World;
const folder = mkdtempSync(join(tmpdir(), 'ecluse-consents-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const digest = (person: number) => createHash('sha256').update(`person ${person}`).digest('hex');

beforeAll(async () => {
  world = await openWorld(['osec']);
  await addDataset(world, { tenant: 'osec', as: 'crm' });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(action: string, path: string, flags: Partial<ConsentsFlags> = {}) {
  let printed = '';
  const keep = (text: string) => {
    printed += text;
  };
  const env = { ECLUSE_API_KEY: world.secretOf('osec.data-engineer'), ECLUSE_URL: world.url };
  await changeConsents({ action, file: path }, { json: false, ...flags }, { env, write: keep, progress: keep });
  return printed;
}
const GRANT = {
  purposes: 'advertising, measurement',
  destinations: 'xandr',
  source: 'preference centre',
  obtainedAt: '2026-05-01T10:00:00Z',
};

it('grants in parts, with the digest of the text that was shown', async () => {
  const persons = Array.from({ length: 2_001 }, (_, n) => digest(n));
  const text = file('text.txt', 'We give your data to Xandr, for advertising.');
  const printed = await run('grant', file('persons.txt', `${persons.join('\n')}\n`), { ...GRANT, text });
  expect(printed).toBe('2000 of 2001 persons\n2001 of 2001 persons\ngranted for 2001 persons\n');
  const rows = await world.ground.db.knex('consent_records').select('text_sha256', 'purposes', 'change_id');
  expect(rows).toHaveLength(2_001);
  expect(new Set(rows.map((row) => row.change_id)).size).toBe(2);
  expect(rows[0].text_sha256).toBe(
    createHash('sha256').update('We give your data to Xandr, for advertising.').digest('hex'),
  );
});

it('withdraws by record id, and tells where the removals are', async () => {
  const dataset = world.names.get('crm') ?? '';
  const printed = await run('withdraw', file('ids.txt', 'customer 1\ncustomer 2\n'), { dataset });
  expect(printed).toMatch(/withdrawn by 2 persons\nremovals: GET \/v1\/removals\?request_id=cch_\w{26}\n$/);
});

it('tells what is wrong without a word of the file', async () => {
  const persons = file('wrong.txt', `${digest(1)}\n`);
  await expect(run('grant', persons)).rejects.toThrow(
    'lines 1 to 1: 400 request_invalid; /changes/0/purposes: is missing',
  );
  await expect(run('grant', file('clear.txt', 'jane@example.com\n'), GRANT)).rejects.not.toThrow('jane');
  await expect(run('revoke', persons)).rejects.toThrow('say `grant` or `withdraw`');
  await expect(run('withdraw', file('empty.txt', '\n'))).rejects.toThrow('the file names nobody');
});
