// Killed in the middle of a load, the earlier version is whole, and what the cut one left is listed and can be swept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openEmbeddedEngine } from './engine/embedded.ts';
import { dropDatasetVersion, listEngineTables } from './load.ts';
import { idOf } from './load-fixture.ts';

const EARLIER = idOf('dsv', '1');
const CUT = idOf('dsv', '2');

/** Loads two versions and says when the second one is being stored. */
function program(dataDir: string): string {
  const at = (file: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);
  return `
    import { openEmbeddedEngine } from ${at('engine/embedded.ts')};
    import { digestOf, loadFile, uploadOf } from ${at('load-fixture.ts')};
    const engine = await openEmbeddedEngine({ dataDir: ${JSON.stringify(dataDir)} });
    const schema = { name: 'x', columns: { email: { role: 'identifier', type: 'email' } } };
    const file = uploadOf('email\\n' + Array.from({ length: 50000 }, (_, n) => digestOf(String(n))).join('\\n'));
    await loadFile(engine, file, { version: '${EARLIER}', schema });
    const onProgress = ({ phase }) => phase === 'storing' && process.stdout.write('storing');
    await loadFile(engine, file, { version: '${CUT}', schema, onProgress });
    setInterval(() => {}, 1000);`;
}

test('a load that is killed leaves the earlier version and tables that can be swept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-crash-'));
  const dataDir = join(folder, 'engine');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(dataDir)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const engine = await openEmbeddedEngine({ dataDir });
  const [count] = await engine.query(`SELECT count() AS n, uniqExact(person) AS persons FROM ${EARLIER}_keys`);
  expect(count).toEqual({ n: 50_000, persons: 50_000 });
  await dropDatasetVersion(engine, CUT);
  const owners = new Set((await listEngineTables(engine)).map(({ owner }) => owner));
  await engine.close();
  await rm(folder, { recursive: true, force: true });
  expect([...owners]).toEqual([EARLIER]);
}, 120_000);
