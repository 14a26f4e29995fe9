// Whom of an earlier version a file is about: the persons who hold a key of one of its rows, and which record ids it replaces.
import { join } from 'node:path';
import type { ErasedKeys } from '../load-request.ts';
import { isNone, KEY_WORDS } from './key-column.ts';
import { PersonSet, readPersonSet } from './key-file.ts';
import { KeyList, scanKeyFile } from './key-scan.ts';
import { bytesOf, NativeFile } from './native-file.ts';
import { wordsOf } from './rekey.ts';
import type { RowIntake } from './row-intake.ts';

export interface TouchedPersons {
  /** Rows that the file brings. */
  readonly rows: number;
  /** Ascending. */
  readonly persons: Uint32Array;
  /** A Native file of the record keys that are looked for in the archive; undefined where the schema has none. */
  readonly recordKeys: { readonly path: string; readonly rows: number } | undefined;
}

export interface TouchedBase {
  readonly keys: string;
  readonly gone: string | undefined;
  readonly erased: ErasedKeys | undefined;
  readonly scratchDir: string;
}

export async function findTouched(intake: RowIntake, base: TouchedBase): Promise<TouchedPersons> {
  const found = scanKeyFile(listedKeys(intake, base.erased), {
    path: base.keys,
    type: undefined,
    without: readPersonSet(base.gone),
  });
  const touched = new PersonSet();
  touched.addAll(found.persons, found.persons.length);
  return { rows: intake.persons.rows, persons: touched.list(), recordKeys: await writeRecordKeys(intake, base) };
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

async function writeRecordKeys(
  { columns, recordKeys }: RowIntake,
  { erased, scratchDir }: TouchedBase,
): Promise<TouchedPersons['recordKeys']> {
  if (columns.recordId === undefined) return undefined;
  const path = join(scratchDir, 'asked.native');
  const file = await NativeFile.create(path);
  const gone = erased?.recordKeys ?? new Uint8Array(0);
  for (const words of [bytesOf(recordKeys.words), gone]) {
    const data = [words];
    await file.write(words.length / 16, [{ name: 'match_key', type: 'FixedString(16)', data }]);
  }
  await file.close();
  return { path, rows: file.rows };
}
