// The partner's command line, built once for a test file and run in a folder of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { saltedDigest } from '../../identifiers/salted-digest.ts';
import { buildPartner } from '../../partner/build.ts';

export const SALT = 'salt-of-the-test';
export const SCHEMA = {
  name: 'crm',
  defaultCountry: 'FR',
  columns: {
    id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    phone: { role: 'identifier', type: 'phone' },
    city: { role: 'attribute', kind: 'category' },
  },
};
export const emailDigest = (normalised: string): string => saltedDigest({ salt: SALT, type: 'email', normalised });
export const phoneDigest = (normalised: string): string => saltedDigest({ salt: SALT, type: 'phone', normalised });

const built = mkdtempSync(join(tmpdir(), 'ecluse-partner-'));
export const program = join(built, 'ecluse-partner.mjs');
/** Of the built file. */
export let bytes = 0;
/** The run's working folder: a new one for each test, with schema.json and salt.txt in it. */
export let folder: string;

beforeAll(async () => {
  bytes = (await buildPartner(program)).bytes;
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(built, 'run-'));
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(SCHEMA));
  writeFileSync(join(folder, 'salt.txt'), `${SALT}\n`);
});

export interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function run(args: readonly string[], options: { input?: string; env?: Record<string, string> } = {}): Run {
  const { input = '', env = {} } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    input,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

export function hash(
  csv: string | Uint8Array,
  ...args: string[]
): Run & { json: Record<string, unknown>; output: string; rejects: string } {
  writeFileSync(join(folder, 'crm.csv'), csv);
  const made = run([
    'hash',
    'crm.csv',
    '--schema',
    'schema.json',
    '--salt-file',
    'salt.txt',
    '-o',
    'out.csv',
    '--json',
    ...args,
  ]);
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
  return { ...made, json: JSON.parse(made.stdout), output: read('out.csv'), rejects: read('out.rejects.csv') };
}
