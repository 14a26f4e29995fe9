// A table of match keys carried from one key to another: block by block from one file into the next, so that memory
// stays flat whatever the number of keys.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeyFile, PersonSet } from './key-file.ts';
import { bytesOf, NativeFile } from './native-file.ts';

export interface RekeyTask {
  readonly kind: 'rekey';
  readonly from: string;
  readonly to: string;
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  /** Numbers of the identifier types that come along. */
  readonly types: readonly number[];
}

export interface RekeyedFile {
  readonly rows: number;
  readonly persons: number;
  readonly rowsByType: Readonly<Record<number, number>>;
}

/** Small enough that what the cipher returns is memory used again and again. */
const CIPHER_BYTES = 1 << 16;
const KEY_BYTES = 16;

export async function rekeyKeyFile(task: RekeyTask): Promise<RekeyedFile> {
  const source = new KeyFile(task.from);
  const target = await NativeFile.create(task.to);
  const rekey = rekeying(task);
  const persons = new PersonSet();
  const rowsByType: Record<number, number> = {};
  let keys = new Uint8Array(0);
  let owners = new Uint32Array(0);
  try {
    for (const block of source.blocks()) {
      const { rows, type } = block;
      if (!task.types.includes(type)) continue;
      if (keys.length < rows * KEY_BYTES) keys = new Uint8Array(rows * KEY_BYTES);
      if (owners.length < rows) owners = new Uint32Array(rows);
      source.read(block.keys, keys);
      source.read(block.persons, bytesOf(owners));
      persons.addAll(owners, rows);
      rekey(keys.subarray(0, rows * KEY_BYTES));
      await target.write(rows, [
        { name: 'match_key', type: 'FixedString(16)', data: [keys.subarray(0, rows * KEY_BYTES)] },
        { name: 'person', type: 'UInt32', data: [bytesOf(owners.subarray(0, rows))] },
        { name: 'type', type: 'UInt8', data: [new Uint8Array(rows).fill(type)] },
      ]);
      rowsByType[type] = (rowsByType[type] ?? 0) + rows;
    }
  } finally {
    source.close();
    await target.close();
  }
  return { rows: target.rows, persons: persons.size, rowsByType };
}

/** In place. ECB has no state from block to block, so one pair of ciphers serves the whole file. */
function rekeying({ oldKey, newKey }: RekeyTask): (keys: Uint8Array) => void {
  const old = createDecipheriv('aes-256-ecb', oldKey, null).setAutoPadding(false);
  const next = createCipheriv('aes-256-ecb', newKey, null).setAutoPadding(false);
  return (keys) => {
    for (let from = 0; from < keys.length; from += CIPHER_BYTES) {
      const piece = keys.subarray(from, from + CIPHER_BYTES);
      piece.set(next.update(old.update(piece)));
    }
  };
}
