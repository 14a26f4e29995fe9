// The command line of policies: a check tells what would change, a proposal waits, history and texts can be read by hash.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealBundle } from '../key-exports/key-export.ts';
import { openWorld, type World } from '../testing/world.ts';
import { makeEscrowKey, openExport } from './key-escrow.ts';
import { checkPolicies, listPolicyVersions, proposePolicies, showPolicies } from './policies.ts';

let world: World;
const folder = mkdtempSync(join(tmpdir(), 'ecluse-policies-'));
const file = join(folder, 'k-100.cedar');
beforeAll(async () => {
  world = await openWorld(['osec']);
  const recipe = readFileSync(new URL('../../docs/recipes/policies.md', import.meta.url), 'utf8');
  writeFileSync(file, /```cedar\n([\s\S]*?)```/.exec(recipe)?.[1] ?? '');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

async function said(work: (given: { env: Record<string, string>; write(text: string): void }) => Promise<void>) {
  let printed = '';
  const env = { ECLUSE_API_KEY: world.secretOf('operator'), ECLUSE_URL: world.url };
  const write = (text: string) => {
    printed += text;
  };
  await work({ env, write });
  return printed;
}

describe('ecluse policies', () => {
  it('check tells the titles, the scenarios and the history; propose waits for a second person', async () => {
    const edit = { file: [file], json: false };
    const checked = await said((given) => checkPolicies(edit, given));
    expect(checked).toContain('added: "No result about fewer than 100 persons" (at-least-a-hundred), stricter');
    expect(checked).toContain(
      'scenario "The audience has exactly as many persons as the threshold": allowed becomes refused',
    );
    expect(await said((given) => proposePolicies({ ...edit, comment: 'k = 100' }, given))).toMatch(/pol_\w+ waits/);
    expect(await said((given) => listPolicyVersions({ json: false }, given))).toMatch(
      /^service 1 proposed \w{12} k = 100/,
    );
  });

  it('takes a folder as it ships, and says that nothing changes', async () => {
    const shipped = new URL('../../policies', import.meta.url).pathname;
    const check = said((given) => checkPolicies({ file: [shipped], json: false }, given));
    await expect(check).rejects.toThrow('Nothing changes');
  });

  it('names what may allow more, and how it is meant', async () => {
    const weakened = { remove: ['data-residency'], json: false, comment: 'x' };
    await expect(said((given) => proposePolicies(weakened, given))).rejects.toThrow(
      /"Only to regions that every contributor allows" may allow more than before. .*name data-residency in may_allow_more/,
    );
  });

  it('show prints the texts under their hash', async () => {
    const inForce = await said((given) => showPolicies(undefined, { json: false }, given));
    expect(inForce).toContain('@id("privacy-threshold-floor")');
    await expect(said((given) => showPolicies('0'.repeat(64), { json: false }, given))).rejects.toThrow('404');
  });
});

describe('the recipient of an export', () => {
  it('makes a pair whose private key only they read, and opens with it alone', async () => {
    const privateKeyFile = join(folder, 'escrow.key');
    let printed = '';
    const write = (text: string) => {
      printed += text;
    };
    await makeEscrowKey(privateKeyFile, write);
    expect(statSync(privateKeyFile).mode & 0o077).toBe(0);
    await expect(makeEscrowKey(privateKeyFile, write)).rejects.toThrow('EEXIST');
    const publicKey = /public key\s+(\S+)/.exec(printed)?.[1] ?? '';
    const bundle = {
      format: 'ecluse-key-export/1',
      export: 'exp_1',
      tenant: 'ten_1',
      exported_at: 'now',
      keys: [],
    } as const;
    const sealed = join(folder, 'sealed.json');
    writeFileSync(sealed, JSON.stringify({ sealed: await sealBundle(bundle, publicKey) }));
    printed = '';
    await openExport(sealed, { privateKeyFile, write });
    expect(JSON.parse(printed)).toEqual(bundle);
    const other = join(folder, 'other.key');
    await makeEscrowKey(other, write);
    await expect(openExport(sealed, { privateKeyFile: other, write })).rejects.toThrow('sealed to another key');
  });
});
