// What a load asks of the engine, it asks in its own asynchronous context: that is where the lease of its job is looked up.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedEngine } from './engine/embedded.ts';
import type { Engine } from './engine/engine.ts';
import { digestOf, idOf, loadFile, uploadOf } from './load-fixture.ts';

const job = new AsyncLocalStorage<string>();

/** Every call of the engine notes for which job it came. */
function noting(engine: Engine, heard: Set<string | undefined>): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        heard.add(job.getStore());
        return Reflect.apply(member, target, given);
      };
    },
  });
}

test('a thread that a load before has used does not speak for that load', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ecluse-context-'));
  const engine = await openEmbeddedEngine({ dataDir });
  const file = uploadOf(`email\n${digestOf('somebody')}\n`);
  const schema = { name: 'x', columns: { email: { role: 'identifier', type: 'email' } } } as const;
  for (const name of ['1', '2', '3']) {
    const heard = new Set<string | undefined>();
    const version = idOf('dsv', name);
    await job.run(name, () => loadFile(noting(engine, heard), file, { version, schema }));
    expect([...heard]).toEqual([name]);
  }
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});
