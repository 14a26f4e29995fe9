// The file destination against a strict reader of its folder.

import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, readNdjson } from '../file-drop/drop-reader.ts';
import { batchChanges } from '../kit/batches.ts';
import { describeConformance } from '../kit/conformance.ts';
import { type FakeClock, inBatches } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { deliverThree, fixtureText } from '../testing/fixture.ts';
import { file } from './destination.ts';
import { openExportFolder } from './export-folder.ts';
import { fileOf } from './payload.ts';
import { startFileSandbox } from './sandbox.ts';
import type { FileSettings } from './settings.ts';

for (const form of [{ format: 'csv' }, { format: 'ndjson', gzip: true }]) {
  describe(form.format, () => {
    describeConformance({
      destination: file,
      idAt: (index) => `id "${index}", ünï`,
      invalidIds: [
        '',
        'a\nb',
        'tab\t',
        '\ud800',
        'x'.repeat(513),
        ...(form.format === 'csv' ? ['=1+1', '@SUM(A1)', '+31612345678', '-1'] : []),
      ],
      invalidSettings: [
        { change: { folder: '../elsewhere' }, pointer: '/settings/folder' },
        { change: { folder: '/etc' }, pointer: '/settings/folder' },
        { change: { folder: 'a/../../b' }, pointer: '/settings/folder' },
        { change: { folder: '.hidden' }, pointer: '/settings/folder' },
        { change: { format: 'xlsx' }, pointer: '/settings/format' },
        { change: { id_type: 'email' }, pointer: '/settings/id_type' },
        { change: { max_rows_per_file: 0 }, pointer: '/settings/max_rows_per_file' },
      ],
      start: async (clock: FakeClock) => {
        const sandbox = await startFileSandbox();
        const root = sandbox.exportRoot;
        return {
          settings: { ...form, folder: 'osec/spring', id_type: 'customer', max_rows_per_file: 30 },
          credentials: {},
          exportRoot: root,
          members: () => sandbox.members('osec/spring'),
          traffic: async () => (await readdir(root, { recursive: true })).length,
          close: () => sandbox.close(),
          faults: {
            retry: [
              () => {
                renameSync(root, `${root}.unmounted`);
                clock.onSleep = () => renameSync(`${root}.unmounted`, root);
              },
            ],
            permanent: () => writeFileSync(join(root, 'osec'), 'a file stands where the folder is due'),
          },
        };
      },
    });
  });
}

describe('the export folder', () => {
  it('is not left through a link inside it', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ecluse-root-'));
    await symlink(tmpdir(), join(root, 'out'));
    await expect(openExportFolder(root, 'out')).rejects.toMatchObject({ code: 'folder_refused' });
  });

  it('is not made when it is missing, since a share may not be mounted', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ecluse-root-'));
    await rename(root, `${root}.gone`);
    await expect(openExportFolder(root, 'a')).rejects.toMatchObject({ code: 'storage', retryAfterMs: undefined });
  });

  it('shows no file before it is whole', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ecluse-root-'));
    const folder = await openExportFolder(root, 'a');
    const broken = (function* () {
      yield Buffer.from('half');
      throw new Error('killed');
    })();
    await expect(folder.write('list.csv', broken)).rejects.toThrow();
    expect(await readdir(join(root, 'a'))).toEqual(['.list.csv.part']);
  });

  it('refuses everything when the operator has set none', async () => {
    await expect(openExportFolder(undefined, 'a')).rejects.toMatchObject({ code: 'folder_refused' });
  });
});

describe('what a file says', () => {
  it.each([
    ['csv', 'rows.csv', 'manifest-of-csv.json'],
    ['ndjson', 'rows.ndjson', 'manifest-of-ndjson.json'],
  ])('is as the fixtures have it in %s, byte for byte: %s and %s', async (format, rows, manifest) => {
    const sandbox = await startFileSandbox();
    const settings = { folder: 'osec', format, id_type: 'customer' };
    await deliverThree(file, { settings, credentials: {}, exportRoot: sandbox.exportRoot });
    const text = (name: string) => readFile(join(sandbox.exportRoot, 'osec', name), 'utf8');
    expect(await text(`dlv_1-00001.${format}`)).toBe(fixtureText(import.meta.url, rows));
    expect(await text('dlv_1.manifest.json')).toBe(fixtureText(import.meta.url, manifest));
    await sandbox.close();
  });

  it.each(['csv', 'ndjson'] as const)('reads back as it was meant, in %s', async (format) => {
    const given = { folder: 'a', format, id_type: 'customer', formula_ids: 'keep' };
    const settings = validateSettings(file, { settings: given, credentials: {} }).settings as unknown as FileSettings;
    const rules = file.batchRules(settings);
    const rows = fc.uniqueArray(
      fc.record({ id: fc.string({ unit: 'binary', minLength: 1 }), change: fc.constantFrom('add', 'remove') }),
      {
        selector: (row) => row.id,
      },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (changes) => {
        const valid = changes.filter(({ id }) => rules.checkRow(id) === undefined);
        for await (const batch of batchChanges(inBatches(valid), rules)) {
          const text = Buffer.concat([...fileOf(batch, settings)]).toString('utf8');
          const read = format === 'csv' ? readCsv(text) : readNdjson(text);
          expect(Object.fromEntries(read)).toEqual(Object.fromEntries(valid.map(({ id, change }) => [id, change])));
        }
      }),
    );
  });
});
