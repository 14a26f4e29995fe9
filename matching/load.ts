// The first step. Reads a partner's file once, re-keys it on the way (anonymise) and fills the tables of a new dataset
// version, which nobody sees until the control plane points at it. Whatever fails leaves no table and no file behind.
import { rm } from 'node:fs/promises';
import { beginAnonymising } from './anonymise.ts';
import { archiveFits, archiveQuery } from './archive.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeOf } from './identifier-types.ts';
import { CleartextFound, cleartextFailure } from './kernel/cell.ts';
import { type FileRows, readCsvRows, readJsonRows } from './kernel/file-rows.ts';
import { placesOf } from './kernel/header.ts';
import { readParquetRows } from './kernel/parquet-rows.ts';
import { orderRows } from './kernel/person-order.ts';
import { RejectFile } from './kernel/reject-file.ts';
import { splitStrings } from './kernel/row-binary.ts';
import type { RowIntake } from './kernel/row-intake.ts';
import { RowBatch } from './kernel/rows.ts';
import { readUpload } from './kernel/upload-reader.ts';
import { LOAD_LIMITS } from './limits.ts';
import { LoadFailure, type LoadOutcome, type LoadRequest } from './load-request.ts';
import { storeVersion } from './store-version.ts';
import { attributeColumns } from './tables.ts';

export type { LoadedConsentClass, LoadOutcome, LoadRequest, Reject, RejectCode, UploadSource } from './load-request.ts';
export { LoadFailure } from './load-request.ts';

const VERSION_TABLES = ['keys', 'people', 'activation', 'records'] as const;

/**
 * Loads a file into the tables of `request.version`. Throws LoadFailure when the file as a whole is refused and
 * EngineError when the engine fails; either way the version's tables are gone again.
 */
export async function loadDataset(engine: Engine, request: LoadRequest): Promise<LoadOutcome> {
  const fields = Object.keys(request.schema.columns);
  const rejects = await RejectFile.create(request.scratchDir, fields);
  try {
    return await load(engine, request, rejects);
  } catch (thrown) {
    await rejects.close();
    await rm(rejects.path, { force: true });
    await dropDatasetVersion(engine, request.version);
    throw thrown;
  }
}

async function load(engine: Engine, request: LoadRequest, rejects: RejectFile): Promise<LoadOutcome> {
  const file = beginAnonymising(request, rejects, request.mode === 'delete' ? 'collect' : 'store');
  const bytes = await readFile(engine, request, file, rejects);
  await rejects.close();
  const next = request.mode === 'delete' ? beginAnonymising(request, rejects, 'store') : file;
  const newRows = next.persons.rows;
  if (request.mode !== 'replace') await takePrevious(engine, request, { file, next });
  request.onProgress?.({ phase: 'persons', rows: file.received, bytes });
  const order = orderRows(next, newRows);
  request.onProgress?.({ phase: 'storing', rows: file.received, bytes });
  await storeVersion(engine, {
    ...order,
    version: request.version,
    intake: next,
    attributes: attributeColumns(request.schema),
    scratchDir: request.scratchDir,
  });
  return {
    received: file.received,
    accepted: file.accepted,
    rejected: rejects.counts,
    persons: order.order.personCount,
    keysByType: keysByType(next),
    bytes,
    consentClasses: next.columns.consentClasses.list(next.columns.consent === undefined ? 'none' : 'purposes-column'),
    rejects: rejects.read(),
  };
}

async function readFile(engine: Engine, request: LoadRequest, intake: RowIntake, rejects: RejectFile): Promise<number> {
  const limits = { ...LOAD_LIMITS, ...request.limits };
  const blocks = readUpload(request.source, limits, request.signal);
  const names = Object.keys(request.schema.columns);
  let bytes = 0;
  const rows: FileRows = {
    onHeader: (header) => intake.arrange(placesOf(header, request)),
    onBatch: async (batch, used) => {
      intake.take(batch);
      bytes += used;
      await rejects.flush();
      request.onProgress?.({ phase: 'reading', rows: intake.received, bytes });
    },
  };
  try {
    if (request.source.format === 'csv') await readCsvRows(blocks, rows, limits);
    else if (request.source.format === 'ndjson') await readJsonRows(blocks, rows, { limits, names });
    else await readParquetRows(engine, blocks, rows, request.scratchDir);
  } catch (thrown) {
    if (thrown instanceof CleartextFound) throw cleartextFailure({ row: intake.received + 1, field: undefined });
    throw thrown;
  }
  if (intake.received === 0) throw new LoadFailure('file_empty', { hint: 'the file has no rows' });
  return bytes;
}

/** Carries the rows of the earlier version over, except those that the file replaces or deletes. */
async function takePrevious(
  engine: Engine,
  request: LoadRequest,
  { file, next }: { file: RowIntake; next: RowIntake },
) {
  const { previousVersion: previous } = request;
  if (previous === undefined) return;
  if (!(await archiveFits(engine, previous, next.columns))) {
    throw new LoadFailure('schema_changed', { hint: 'the schema changed since the last load; replace the dataset' });
  }
  const listedRecords = file.recordKeys.size;
  const listed = (words: Uint32Array, row: number) =>
    (file.recordKeys.find(words, row * 4) ?? listedRecords) < listedRecords;
  const { digests, recordId } = next.columns;
  const drop = (keyWords: readonly Uint32Array[], record: Uint32Array, row: number): boolean => {
    if (recordId !== undefined && listed(record, row)) return true;
    if (file === next) return false;
    return digests.some(
      (digest, n) => digest.present[row] === 1 && file.keys.find(keyWords[n] as Uint32Array, row * 4) !== undefined,
    );
  };
  await readArchive(engine, previous, next, drop);
}

async function readArchive(
  engine: Engine,
  previous: string,
  next: RowIntake,
  drop: Parameters<RowIntake['takeArchived']>[1],
) {
  const batch = new RowBatch();
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of engine.streamBinary(archiveQuery(previous, next.columns))) {
    const bytes = Buffer.concat([rest, block]);
    const used = splitStrings(bytes, batch, next.columns.all.length);
    if (batch.rows > 0) next.takeArchived(batch, drop);
    rest = bytes.subarray(used);
  }
}

function keysByType(intake: RowIntake): LoadOutcome['keysByType'] {
  const counts: Record<string, number> = {};
  const types = intake.keyTypes.items;
  for (let key = 0; key < intake.keys.size; key++) {
    const type = identifierTypeOf(types[key] as number);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** Removes every table of a version; also what an interrupted load left of one that was never published. */
export async function dropDatasetVersion(engine: Engine, version: string): Promise<void> {
  for (const suffix of VERSION_TABLES) await engine.dropTable(tableName(version, suffix));
}

/** The ids that own tables in the engine, so that those nobody knows any more can be swept. */
export async function listEngineTables(engine: Engine): Promise<{ table: string; owner: string }[]> {
  const tables = await engine.listTables();
  return tables.map((table) => ({ table, owner: table.slice(0, 30) }));
}
