// A new destination is whole from the first minute: it passes the conformance suite as it was written.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScaffoldError, scaffoldDestination } from './scaffold.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
let folder = '';

/** A tree like this one, with the new folder beside the kit. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecluse-scaffold-'));
  for (const name of ['identifiers', 'policies', 'node_modules', 'package.json', 'tsconfig.json'])
    await symlink(join(ROOT, name), join(folder, name));
  await scaffoldDestination(join(folder, 'connectors'), 'rain-radio');
  await symlink(join(ROOT, 'connectors/kit'), join(folder, 'connectors/kit'));
  await writeFile(join(folder, 'vitest.config.ts'), 'export default { resolve: { preserveSymlinks: true } };\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a new destination', () => {
  it('has every file that a destination has', async () => {
    const files = await readdir(join(folder, 'connectors/rain-radio'), { recursive: true });
    const code = ['client.ts', 'destination.ts', 'limits.ts', 'payload.ts', 'sandbox.ts', 'settings.ts'];
    const rest = ['README.md', 'fixtures', 'fixtures/add-and-remove.json', 'rain-radio.test.ts'];
    expect(files.sort()).toEqual([...code, ...rest].sort());
  });

  it('passes the conformance suite as it stands', async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const report = join(folder, 'report.json');
    const args = [
      vitest,
      'run',
      '--root',
      folder,
      '--reporter',
      'json',
      '--outputFile',
      report,
      'connectors/rain-radio',
    ];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
    await promisify(execFile)(process.execPath, args, { cwd: folder, env });
    const { success, numPassedTests } = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
    expect({ success, isWhole: Number(numPassedTests) >= 25 }).toEqual({ success: true, isWhole: true });
  }, 120_000);

  it.each(['Rain', 'rain_radio', '../rain', 'rain--radio', '1rain', ''])('is not named %j', async (kind) => {
    await expect(scaffoldDestination(join(folder, 'connectors'), kind)).rejects.toThrow(ScaffoldError);
  });

  it('does not overwrite one that is there', async () => {
    await expect(scaffoldDestination(join(folder, 'connectors'), 'rain-radio')).rejects.toThrow('there already');
  });
});
