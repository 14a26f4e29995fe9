// Where the match keys of a version or contribution lie as files on this machine, so that the kernel reads them beside the engine.
import type { Engine } from './engine/engine.ts';
import { KeyFile } from './kernel/key-file.ts';
import type { KeyLayers } from './kernel/key-layers.ts';

export interface FoundKeyLayers extends KeyLayers {
  /** Bases of one origin hold the same keys. */
  readonly origin: string;
}

/** Undefined where the keys are not files: on a cluster, and where SQL wrote them anew. */
export async function findKeyLayers(engine: Engine, table: string): Promise<FoundKeyLayers | undefined> {
  const found = await engine.layered?.find(table);
  if (found === undefined) return undefined;
  const base = await engine.findFile(found.base);
  if (base === undefined) return undefined;
  const gone = found.gone && (await engine.findFile(found.gone));
  const top = found.top && (await engine.findFile(found.top));
  return { origin: found.origin, base, top, gone };
}

/** The identifier types that a file has keys of. */
export function typesOfFile(path: string): Set<number> {
  const file = new KeyFile(path);
  try {
    return new Set([...file.blocks()].map(({ type }) => type));
  } finally {
    file.close();
  }
}
