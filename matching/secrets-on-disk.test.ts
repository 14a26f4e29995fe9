// What is not stored cannot leak: after a load no file of the engine or of the scratch folder holds a digest, an
// identifier, a salt, a record id in the clear or a key.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contributeDataset } from './contribute.ts';
import { ENGINE_KINDS, openTestEngine } from './engine/test-engine.ts';
import { loadDataset } from './load.ts';
import { digestOf, idOf, keyOf, PEOPLE_SCHEMA, TENANT_KEY, uploadOf, withScratch } from './load-fixture.ts';
import { rotateTenantKey } from './rotate.ts';

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';
const NAMES = Array.from({ length: 200 }, (_, n) => `person-${n}`);

describe.each(ENGINE_KINDS)('on the %s engine', (kind) => {
  test('a scan of every file finds no digest, identifier, record id or key', async () => {
    const opened = await openTestEngine(kind);
    const rows = NAMES.map((name, n) => `record-${n},${digestOf(name)},${digestOf(`+${name}`)},,,,,${n + 1},`);
    const version = idOf('dsv', '1');
    const collaborationKey = keyOf('collaboration');
    const found = await withScratch(async (scratchDir) => {
      const source = uploadOf([HEADER, ...rows, `record-x,${digestOf('x').slice(2)},,,,,,,`].join('\n'));
      const request = { source, schema: PEOPLE_SCHEMA, mode: 'replace', tenantKey: TENANT_KEY, scratchDir } as const;
      await loadDataset(opened.engine, { ...request, version });
      const contribution = idOf('con', '1');
      const keys = { tenantKey: TENANT_KEY, collaborationKey };
      await contributeDataset(opened.engine, { version, contribution, types: ['email', 'phone'], ...keys, scratchDir });
      const rotation = { oldKey: TENANT_KEY, newKey: keyOf('next'), commit: async () => {} };
      await rotateTenantKey(opened.engine, { owners: [version], ...rotation });
      const files = [...(await filesUnder(scratchDir)), ...(await Promise.all(opened.dataDirs.map(filesUnder))).flat()];
      expect(files.length).toBeGreaterThan(10);
      return scan(files, secrets(collaborationKey));
    });
    await opened.close();
    expect(found).toEqual([]);
  });
});

/** Digests whole and by their first half, raw and in hex; what they were made of; keys. */
function secrets(collaborationKey: Uint8Array): Buffer[] {
  const digests = NAMES.flatMap((name) => [digestOf(name), digestOf(`+${name}`)]);
  return [
    ...digests.flatMap((digest) => [Buffer.from(digest.slice(0, 32)), Buffer.from(digest.slice(0, 32), 'hex')]),
    ...digests.map((digest) => Buffer.from(digest.slice(0, 32).toUpperCase())),
    ...NAMES.map((name) => Buffer.from(name)),
    ...NAMES.map((_, n) => Buffer.from(`record-${n}`)),
    ...[TENANT_KEY, keyOf('next'), collaborationKey].flatMap((key) => [
      Buffer.from(key),
      Buffer.from(Buffer.from(key).toString('hex')),
      Buffer.from(Buffer.from(key).toString('hex').toUpperCase()),
    ]),
  ];
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function scan(files: readonly string[], needles: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}
