// Which rows of a file are of persons who were erased: by any of their identifiers, or by their record id.
import type { ErasedKeys } from '../load-request.ts';
import type { DigestColumn } from './digest-column.ts';
import { KeyTable } from './key-table.ts';
import { wordsOf } from './rekey.ts';

const KEY_WORDS = 4;

/** A staged row with the match keys of its batch. */
export interface StagedRow {
  readonly staged: number;
  readonly digests: readonly Pick<DigestColumn, 'present'>[];
  /** Of each digest column, four words a row. */
  readonly keyWords: readonly Uint32Array[];
  readonly recordWords: Uint32Array | undefined;
}

export class ErasedRows {
  readonly #keys: KeyTable;
  readonly #recordKeys: KeyTable;

  constructor({ keys, recordKeys }: ErasedKeys) {
    this.#keys = tableOf(keys);
    this.#recordKeys = tableOf(recordKeys);
  }

  has({ staged, digests, keyWords, recordWords }: StagedRow): boolean {
    const at = staged * KEY_WORDS;
    for (let n = 0; n < digests.length; n++) {
      if (digests[n]?.present[staged] === 1 && this.#keys.find(keyWords[n] as Uint32Array, at) !== undefined)
        return true;
    }
    const hasRecord = recordWords !== undefined && recordWords.length > at;
    return hasRecord && this.#recordKeys.find(recordWords, at) !== undefined;
  }
}

function tableOf(keys: Uint8Array): KeyTable {
  const table = new KeyTable();
  const words = wordsOf(Buffer.from(keys));
  for (let at = 0; at < words.length; at += KEY_WORDS) table.intern(words, at, 0);
  return table;
}
