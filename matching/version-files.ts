// Writes what the kernel holds as one file of columns for each table of a new dataset version: keys, people, activation
// ids and the archive of records. The engine reads each of them in one go.
import { join } from 'node:path';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { archivedColumns, recordsTable } from './archive.ts';
import type { TableDefinition } from './engine/engine.ts';
import { ActivationIdColumn } from './kernel/activation-column.ts';
import { UNKNOWN_CATEGORY } from './kernel/attribute-columns.ts';
import { type NativeData, nativeData } from './kernel/attribute-data.ts';
import { type AttributeValues, labelled, personValues, type RowOrder, rowValues } from './kernel/attribute-values.ts';
import type { CellColumn } from './kernel/cell.ts';
import { wholeBlocks } from './kernel/chunked-column.ts';
import { ConsentColumn } from './kernel/consent-column.ts';
import { ConsentStringColumn } from './kernel/consent-string-column.ts';
import { DigestColumn, RecordIdColumn } from './kernel/digest-column.ts';
import { EventTimeColumn } from './kernel/event-time-column.ts';
import { copyKey, KEY_WORDS, keyBlocks } from './kernel/key-column.ts';
import type { DistinctKeys } from './kernel/key-join.ts';
import { bytesOf, type NativeColumn, NativeFile, stringColumn } from './kernel/native-file.ts';
import type { RowIntake } from './kernel/row-intake.ts';
import { STORE_BLOCK_ROWS } from './limits.ts';
import { type PersonConsent, personConsent, writeConsentsFile } from './person-consent.ts';
import {
  activationTable,
  attributeColumns,
  consentsTable,
  hasConsentStrings,
  keysTable,
  peopleTable,
  stringsTable,
} from './tables.ts';
import { archivedNumbers, writeStringsFile } from './version-strings.ts';

export interface VersionToWrite {
  readonly version: string;
  readonly schema: DatasetSchema;
  readonly intake: RowIntake;
  readonly order: RowOrder;
  readonly distinctKeys: DistinctKeys;
  /** The number that the person of each row has in the version; `order` numbers the persons of these rows alone. */
  readonly rowPersons: Uint32Array;
  /** The numbers of persons `from` to `to` of the order. */
  readonly personNumbers: (from: number, to: number) => Uint32Array;
  /** The places of rows `from` to `to` from the oldest to the latest. */
  readonly positions: (from: number, to: number) => Uint32Array;
  readonly scratchDir: string;
}

export interface VersionFile {
  readonly table: TableDefinition;
  readonly path: string;
  readonly rows: number;
  /** Written once and always read from end to end: the engine may keep the file as it is. */
  readonly whole: boolean;
  /** Where its blocks start; of a whole file. */
  readonly blocks?: readonly number[];
}

/** The people first, for which the engine takes longest. */
export async function* writeVersionFiles(written: VersionToWrite): AsyncGenerator<VersionFile> {
  const { version, intake, schema } = written;
  const rowAttributes = intake.columns.attributes.map(rowValues);
  const people = peopleTable(version, attributeColumns(schema));
  const records = recordsTable(version, intake.columns);
  const consent = personConsent(intake.columns.consents, written.order);
  yield await writeBlocks(written, people, peopleBlock(written, rowAttributes, consent));
  yield await writeKeysFile(written);
  yield await writeActivationFile(written);
  if (hasConsentStrings(schema)) {
    yield await writeConsents(written, consent);
    yield await writeStrings(written);
  }
  yield await writeBlocks(written, records, { ...recordsBlock(written, rowAttributes), whole: true });
}

export function versionFilePath(scratchDir: string, table: string): string {
  return join(scratchDir, `${table}.native`);
}

interface Blocks {
  readonly rows: number;
  readonly whole: boolean;
  columns(from: number, to: number): NativeColumn[];
}

async function writeBlocks(
  written: VersionToWrite,
  table: TableDefinition,
  { rows, whole, columns }: Blocks,
): Promise<VersionFile> {
  const path = versionFilePath(written.scratchDir, table.name);
  const file = whole ? await NativeFile.createKept(path) : await NativeFile.create(path);
  for (let from = 0; from < rows; from += STORE_BLOCK_ROWS) {
    const to = Math.min(rows, from + STORE_BLOCK_ROWS);
    await file.write(to - from, columns(from, to));
  }
  await file.close();
  return { table, path, rows, whole, ...(whole && { blocks: file.blocks }) };
}

async function writeKeysFile(written: VersionToWrite): Promise<VersionFile> {
  const { intake, rowPersons: persons, distinctKeys } = written;
  const table = keysTable(written.version);
  const types = new Uint8Array(Math.min(STORE_BLOCK_ROWS, persons.length));
  const file = await NativeFile.create(versionFilePath(written.scratchDir, table.name));
  for (const [number, { keys, type }] of intake.columns.digests.entries()) {
    types.fill(type);
    for (const block of keyBlocks({ column: keys, number, persons, distinct: distinctKeys })) {
      await file.write(block.persons.length, [
        { name: 'match_key', type: 'FixedString(16)', data: [bytesOf(block.words)] },
        { name: 'person', type: 'UInt32', data: [bytesOf(block.persons)] },
        { name: 'type', type: 'UInt8', data: [types.subarray(0, block.persons.length)] },
      ]);
    }
  }
  await file.close();
  return { table, path: file.path, rows: file.rows, whole: true };
}

function peopleBlock(
  written: VersionToWrite,
  rowAttributes: readonly AttributeValues[],
  { classes: consent }: PersonConsent,
): Blocks {
  const { order } = written;
  const attributes = attributeColumns(written.schema);
  const blockRows = Math.min(STORE_BLOCK_ROWS, order.personCount);
  const data = rowAttributes.map((values) => nativeData(personValues(values, order), blockRows));
  const columns = (from: number, to: number) => [
    { name: 'person', type: 'UInt32', data: [bytesOf(written.personNumbers(from, to))] },
    { name: 'consent_class', type: 'UInt32', data: [bytesOf(consent.subarray(from, to))] },
    ...attributes.map(({ column, type }, n) => ({
      name: column,
      type,
      data: (data[n] as NativeData)(from, to),
    })),
  ];
  return { rows: order.personCount, whole: false, columns };
}

async function writeConsents(written: VersionToWrite, consent: PersonConsent): Promise<VersionFile> {
  const table = consentsTable(written.version);
  const path = versionFilePath(written.scratchDir, table.name);
  return { table, path, rows: await writeConsentsFile(path, written.intake.columns.consents, consent), whole: true };
}

async function writeStrings(written: VersionToWrite): Promise<VersionFile> {
  const table = stringsTable(written.version);
  const path = versionFilePath(written.scratchDir, table.name);
  return { table, path, rows: await writeStringsFile(path, written.intake.columns.all), whole: true };
}

async function writeActivationFile(written: VersionToWrite): Promise<VersionFile> {
  const table = activationTable(written.version);
  const file = await NativeFile.create(versionFilePath(written.scratchDir, table.name));
  for (const column of written.intake.columns.activationIds) await writeActivationIds(file, column, written.rowPersons);
  await file.close();
  return { table, path: file.path, rows: file.rows, whole: false };
}

async function writeActivationIds(
  file: NativeFile,
  column: ActivationIdColumn,
  rowPersons: Uint32Array,
): Promise<void> {
  let persons: number[] = [];
  let ids: Uint8Array[] = [];
  const write = async () => {
    await file.write(ids.length, [
      { name: 'person', type: 'UInt32', data: [bytesOf(Uint32Array.from(persons))] },
      {
        name: 'column',
        type: 'UInt16',
        data: [new Uint8Array(new Uint16Array(ids.length).fill(column.column).buffer)],
      },
      { name: 'id', type: 'String', data: [stringColumn(ids)] },
    ]);
    persons = [];
    ids = [];
  };
  let row = 0;
  for (const id of column.ids()) {
    if (id.length > 0) {
      persons.push(rowPersons[row] as number);
      ids.push(id);
      if (ids.length === STORE_BLOCK_ROWS) await write();
    }
    row++;
  }
  await write();
}

function recordsBlock(written: VersionToWrite, rowAttributes: readonly AttributeValues[]): Omit<Blocks, 'whole'> {
  const { intake, rowPersons, positions } = written;
  const writers = archivedColumns(intake.columns).map(({ column, ...own }) => ({
    ...own,
    data: recordData(written, column, rowAttributes),
  }));
  const columns = (from: number, to: number) => [
    { name: 'person', type: 'UInt32', data: [bytesOf(rowPersons.subarray(from, to))] },
    { name: 'position', type: 'UInt32', data: [bytesOf(positions(from, to))] },
    ...writers.map(({ name, type, data }) => ({ name, type, data: data(from, to) })),
  ];
  return { rows: intake.persons.rows, columns };
}

function recordData(
  { intake }: VersionToWrite,
  column: CellColumn,
  rowAttributes: readonly AttributeValues[],
): NativeData {
  if (column instanceof DigestColumn) return (from, to) => [bytesOf(column.keys.block(from, to))];
  if (column instanceof RecordIdColumn) return gatheredKeys(intake.rowRecords.items, intake.recordKeys.words);
  if (column instanceof EventTimeColumn) return (from, to) => [bytesOf(column.values.items.subarray(from, to))];
  if (column instanceof ActivationIdColumn) {
    const ids = column.ids();
    return (from, to) => [stringColumn(Array.from({ length: to - from }, () => ids.next().value as Uint8Array))];
  }
  if (column instanceof ConsentStringColumn) return archivedNumbers(column, intake.columns.all);
  const values = column instanceof ConsentColumn ? consentValues(column) : attributeOf(intake, column, rowAttributes);
  return nativeData(values, Math.min(STORE_BLOCK_ROWS, intake.persons.rows));
}

function gatheredKeys(numbersOfKeys: Uint32Array, words: Uint32Array): NativeData {
  return (from, to) => {
    const out = new Uint32Array((to - from) * KEY_WORDS);
    for (let row = from; row < to; row++) {
      copyKey(words, (numbersOfKeys[row] as number) * KEY_WORDS, out, (row - from) * KEY_WORDS);
    }
    return [bytesOf(out)];
  };
}

function consentValues(column: ConsentColumn): AttributeValues {
  const values = column.values.items.slice(0, column.values.length);
  // The empty combination has no label of its own: it is the NULL of the dictionary.
  for (let row = 0; row < values.length; row++) if (values[row] === 0) values[row] = UNKNOWN_CATEGORY;
  const texts = column.classes.list('purposes-column').map(({ id }) => Buffer.from(column.classes.text(id)));
  return labelled(wholeBlocks(values), { size: texts.length, bytes: (id) => texts[id] as Buffer });
}

function attributeOf(
  intake: RowIntake,
  column: CellColumn,
  rowAttributes: readonly AttributeValues[],
): AttributeValues {
  const place = (intake.columns.attributes as readonly CellColumn[]).indexOf(column);
  return rowAttributes[place] as AttributeValues;
}
