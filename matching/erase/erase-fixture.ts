// Test fixture of erasure: an engine that dies, and a search of every file for what must be gone.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';

/** An engine that dies before its nth change. */
export function cutAfter(engine: Engine, steps: number): Engine {
  let left = steps;
  const changing = new Set(['command', 'createTable', 'dropTable', 'replaceTable']);
  return new Proxy(engine, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (changing.has(String(name)) && left-- <= 0) throw new Error('cut');
        return (member as (...rest: unknown[]) => unknown).apply(target, given);
      };
    },
  });
}

export async function found(folders: readonly string[], needles: readonly Buffer[]): Promise<string[]> {
  const hits: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const needle of needles) if (bytes.includes(needle)) hits.push(`${entry.name}: ${needle.toString('hex')}`);
    }
  }
  return hits;
}
