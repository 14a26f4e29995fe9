// The candidate pairs of two contributions that have changed a little: the pairs that their bases were found to have, without those
// of persons who no longer count, and the pairs of the keys that came on top of either, each found by one scan of the other base.

import { STORE_BLOCK_ROWS } from '../limits.ts';
import { type JoinedFiles, joinKeyFiles } from './join-files.ts';
import { KeyFile, type PersonSet, readPersonSet } from './key-file.ts';
import type { KeyLayers } from './key-layers.ts';
import { BlockMemory, KeyList, scanKeyFile } from './key-scan.ts';
import { bytesOf, NativeFile } from './native-file.ts';
import { type BlockColumn, type KeyFileBlock, NativeReader, NotAKeyFile } from './native-reader.ts';
import { sortByLeft } from './pair-order.ts';
import { Uint32Vector } from './vector.ts';

export interface CombineTask {
  readonly kind: 'combine';
  readonly type: number;
  /** A file of the candidate pairs of the two bases; undefined where they have none. */
  readonly joined: string | undefined;
  readonly left: KeyLayers;
  readonly right: KeyLayers;
}

export function combineLayers({ type, joined, left, right }: CombineTask): JoinedFiles {
  const gone = { left: readPersonSet(left.gone), right: readPersonSet(right.gone) };
  const found = { left: new Uint32Vector(1 << 16), right: new Uint32Vector(1 << 16) };
  if (joined !== undefined) recall(joined, type, { gone, found });
  if (left.top !== undefined) {
    const pairs = scanKeyFile(listOf(left.top, type), { path: right.base, type, without: gone.right });
    append(found, pairs.owners, pairs.persons);
  }
  if (right.top !== undefined) {
    const pairs = scanKeyFile(listOf(right.top, type), { path: left.base, type, without: gone.left });
    append(found, pairs.persons, pairs.owners);
  }
  if (left.top !== undefined && right.top !== undefined) {
    const pairs = joinKeyFiles({ kind: 'join', left: left.top, right: right.top, type });
    append(found, pairs.left, pairs.right);
  }
  const { length } = found.left;
  return sortByLeft({ left: found.left.items.slice(0, length), right: found.right.items.slice(0, length) });
}

interface Found {
  readonly left: Uint32Vector;
  readonly right: Uint32Vector;
}

function append(found: Found, left: Uint32Array, right: Uint32Array): void {
  found.left.append(left);
  found.right.append(right);
}

function listOf(path: string, type: number): KeyList {
  const file = new KeyFile(path);
  const memory = new BlockMemory();
  try {
    const blocks = [...file.blocks()].filter((block) => block.type === type);
    const list = new KeyList(blocks.reduce((sum, { rows }) => sum + rows, 0));
    for (const block of blocks) {
      const words = memory.keys(file, block);
      const persons = memory.persons(file, block);
      for (let row = 0; row < block.rows; row++) list.add(words, row * 4, persons[row] as number);
    }
    return list;
  } finally {
    file.close();
  }
}

interface Recalled {
  readonly gone: { readonly left: PersonSet; readonly right: PersonSet };
  readonly found: Found;
}

function recall(path: string, type: number, { gone, found }: Recalled): void {
  const reader = new NativeReader(path);
  const isWhole = gone.left.size === 0 && gone.right.size === 0;
  const first = new Uint8Array(STORE_BLOCK_ROWS);
  try {
    for (let block = reader.block(); block !== undefined; block = reader.block()) {
      reader.read(columnOf(block, 'type'), first);
      if (first[0] !== type) continue;
      const left = new Uint32Array(block.rows);
      const right = new Uint32Array(block.rows);
      reader.read(columnOf(block, 'left_person'), bytesOf(left));
      reader.read(columnOf(block, 'right_person'), bytesOf(right));
      const kept = isWhole ? block.rows : keepStanding(left, right, gone);
      append(found, left.subarray(0, kept), right.subarray(0, kept));
    }
  } finally {
    reader.close();
  }
}

function keepStanding(left: Uint32Array, right: Uint32Array, gone: Recalled['gone']): number {
  let kept = 0;
  for (let n = 0; n < left.length; n++) {
    if (gone.left.has(left[n] as number) || gone.right.has(right[n] as number)) continue;
    left[kept] = left[n] as number;
    right[kept++] = right[n] as number;
  }
  return kept;
}

function columnOf(block: KeyFileBlock, name: string): BlockColumn {
  const found = block.columns.find((column) => column.name === name);
  if (found === undefined) throw new NotAKeyFile();
  return found;
}

/** Blocks of one type each, so that who wants a type passes over the others. */
export async function writeJoined(
  path: string,
  joined: readonly { readonly type: number; readonly pairs: JoinedFiles }[],
): Promise<number> {
  const file = await NativeFile.create(path);
  for (const { type, pairs } of joined) {
    for (let from = 0; from < pairs.left.length; from += STORE_BLOCK_ROWS) {
      const to = Math.min(pairs.left.length, from + STORE_BLOCK_ROWS);
      await file.write(to - from, [
        { name: 'left_person', type: 'UInt32', data: [bytesOf(pairs.left.subarray(from, to))] },
        { name: 'right_person', type: 'UInt32', data: [bytesOf(pairs.right.subarray(from, to))] },
        { name: 'type', type: 'UInt8', data: [new Uint8Array(to - from).fill(type)] },
      ]);
    }
  }
  await file.close();
  return file.rows;
}
