// The match keys of a version or contribution as files: one, or a base of which some persons no longer count and a top beside it.
import { KeyFile, PersonSet, readPersonSet } from './key-file.ts';
import { BlockMemory } from './key-scan.ts';

export interface KeyLayers {
  readonly base: string;
  readonly top: string | undefined;
  /** A file of the persons whose keys in the base do not count. */
  readonly gone: string | undefined;
}

export interface CountTask {
  readonly kind: 'count';
  readonly layers: KeyLayers;
}

export interface CountedKeys {
  /** Distinct, whatever the types of their keys. */
  readonly persons: number;
  readonly rowsByType: Readonly<Record<number, number>>;
}

export function countKeys({ layers }: CountTask): CountedKeys {
  const persons = new PersonSet();
  const rowsByType: Record<number, number> = {};
  countFile(layers.base, { gone: readPersonSet(layers.gone), persons, rowsByType });
  if (layers.top !== undefined) countFile(layers.top, { gone: new PersonSet(), persons, rowsByType });
  return { persons: persons.size, rowsByType };
}

function countFile(
  path: string,
  { gone, persons, rowsByType }: { gone: PersonSet; persons: PersonSet; rowsByType: Record<number, number> },
): void {
  const file = new KeyFile(path);
  const memory = new BlockMemory();
  const isWhole = gone.size === 0;
  try {
    for (const block of file.blocks()) {
      const owners = memory.persons(file, block);
      const rows = isWhole ? block.rows : keepOthers(owners, block.rows, gone);
      persons.addAll(owners, rows);
      rowsByType[block.type] = (rowsByType[block.type] ?? 0) + rows;
    }
  } finally {
    file.close();
  }
}

/** Moves those who are not in the set to the front and answers how many they are. */
function keepOthers(owners: Uint32Array, rows: number, gone: PersonSet): number {
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const person = owners[row] as number;
    if (!gone.has(person)) owners[kept++] = person;
  }
  return kept;
}
