// Whom of an earlier version a file is about: the persons who hold a key of one of its rows, and which record ids it replaces.
import { join } from 'node:path';
import type { ErasedKeys } from '../load-request.ts';
import { isNone, KEY_WORDS } from './key-column.ts';
import { PersonSet, readPersonSet } from './key-file.ts';
import { KeyList, scanKeyFile, scanRecords } from './key-scan.ts';
import { bytesOf, NativeFile } from './native-file.ts';
import { type BlockColumn, NativeReader } from './native-reader.ts';
import { wordsOf } from './rekey.ts';
import type { RowIntake } from './row-intake.ts';

export interface TouchedPersons {
  /** Rows that the file brings. */
  readonly rows: number;
  /** Ascending. */
  readonly persons: Uint32Array;
}

/** Whose rows in an archive have one of some record ids: for a thread of its own beside the one that looks through the keys. */
export interface HoldersTask {
  readonly kind: 'holders';
  readonly asked: string;
  readonly records: string;
  /** Where the blocks of the archive start. */
  readonly blocks: readonly number[];
  readonly gone: string | undefined;
}

export interface TouchedBase {
  readonly keys: string;
  readonly gone: string | undefined;
  readonly erased: ErasedKeys | undefined;
}

export function findTouched(intake: RowIntake, base: TouchedBase): TouchedPersons {
  const without = readPersonSet(base.gone);
  const found = scanKeyFile(listedKeys(intake, base.erased), { path: base.keys, type: undefined, without });
  const touched = new PersonSet();
  touched.addAll(found.persons, found.persons.length);
  return { rows: intake.persons.rows, persons: touched.list() };
}

/** Whose rows in the archive have one of the record ids. */
export function findHolders({ asked, records, blocks, gone }: HoldersTask): Uint32Array {
  return scanRecords(readKeyList(asked), { path: records, blocks, without: readPersonSet(gone) });
}

function readKeyList(path: string): KeyList {
  const file = new NativeReader(path);
  try {
    const lists: Uint32Array[] = [];
    for (let block = file.block(); block !== undefined; block = file.block()) {
      const words = new Uint32Array(block.rows * KEY_WORDS);
      file.read(block.columns[0] as BlockColumn, bytesOf(words));
      lists.push(words);
    }
    const list = new KeyList(lists.reduce((sum, words) => sum + words.length / KEY_WORDS, 0));
    for (const words of lists) addChunk(list, words);
    return list;
  } finally {
    file.close();
  }
}

/** Whoever was erased is looked for as well, so that a row of theirs does not stay in the base. */
function listedKeys({ columns, persons }: RowIntake, erased: ErasedKeys | undefined): KeyList {
  const gone = wordsOf(Buffer.from(erased?.keys ?? []));
  const list = new KeyList(persons.rows * columns.digests.length + gone.length / KEY_WORDS);
  for (let at = 0; at < gone.length; at += KEY_WORDS) list.add(gone, at, 0);
  for (const { keys } of columns.digests) for (const { items } of keys.blocks()) addChunk(list, items);
  return list;
}

function addChunk(list: KeyList, chunk: Uint32Array): void {
  for (let at = 0; at < chunk.length; at += KEY_WORDS) if (!isNone(chunk, at)) list.add(chunk, at, 0);
}

/** A Native file of the record keys that the file brings, and of whoever was erased; undefined where the schema has no record id. */
export async function writeAskedRecords(
  { columns, recordKeys }: RowIntake,
  { erased, scratchDir }: Pick<TouchedBase, 'erased'> & { scratchDir: string },
): Promise<string | undefined> {
  if (columns.recordId === undefined) return undefined;
  const path = join(scratchDir, 'asked.native');
  const file = await NativeFile.create(path);
  const gone = erased?.recordKeys ?? new Uint8Array(0);
  for (const words of [bytesOf(recordKeys.words), gone]) {
    const data = [words];
    await file.write(words.length / 16, [{ name: 'match_key', type: 'FixedString(16)', data }]);
  }
  await file.close();
  return path;
}
