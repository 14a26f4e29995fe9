// The first step. Reads a partner's file once, re-keys it on the way (anonymise) and fills the tables of a new dataset
// version, which nobody sees until the control plane points at it. Whatever fails leaves no table and no file behind.
import { rm } from 'node:fs/promises';
import { columnsFilePath, type IncrementBase, type Kernel, LoadKernel, type Progress } from './anonymise.ts';
import { archiveFits, archiveQuery, stringsQuery } from './archive.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import {
  dropIncrementRests,
  findIncrementBasis,
  type IncrementBasis,
  storeIncrement,
  takeIncrement,
} from './increment.ts';
import { columnsOf } from './kernel/column-set.ts';
import { readParquetRows } from './kernel/parquet-rows.ts';
import { readRejects, rejectFilePath } from './kernel/reject-file.ts';
import { ThreadedKernel } from './kernel/threaded-kernel.ts';
import { readUpload } from './kernel/upload-reader.ts';
import { LOAD_LIMITS } from './limits.ts';
import { LoadFailure, type LoadOutcome, type LoadProgress, type LoadRequest } from './load-request.ts';
import { hasConsentStrings } from './tables.ts';
import { type VersionFile, versionFilePath } from './version-files.ts';
import { writeState } from './version-state.ts';

export type { LoadedConsentClass, LoadOutcome, LoadRequest, Reject, RejectCode, UploadSource } from './load-request.ts';
export { LoadFailure } from './load-request.ts';

const VERSION_TABLES = ['keys', 'people', 'activation', 'records', 'consents', 'strings', 'state'] as const;

/**
 * Loads a file into the tables of `request.version`. Throws LoadFailure when the file as a whole is refused and
 * EngineError when the engine fails; either way the version's tables and the scratch files are gone again.
 */
export async function loadDataset(engine: Engine, request: LoadRequest): Promise<LoadOutcome> {
  const { schema, mode, version, tenantKey, erased, scratchDir } = request;
  const limits = { ...LOAD_LIMITS, ...request.limits };
  const format = request.source.format === 'csv' ? 'csv' : 'ndjson';
  const basis = await findIncrementBasis(engine, request);
  const consentTexts = basis?.base.state.consentTexts ?? [];
  const plain = { schema, mode, version, tenantKey, erased, scratchDir, format, limits, consentTexts } as const;
  // Parquet comes through the engine, which lives in this thread.
  const parquet = request.source.format === 'parquet' ? await LoadKernel.start(plain) : undefined;
  const storing = new FilesToStore(engine);
  const kernel: Kernel = parquet ?? new ThreadedKernel(plain);
  try {
    const blocks = readUpload(request.source, limits, request.signal);
    const onProgress = progressOf(request, 'reading');
    if (parquet === undefined) await kernel.readFile(blocks, onProgress);
    else await parquet.readRows(onProgress, (rows) => readParquetRows(engine, blocks, rows, scratchDir));
    const base = mode === 'replace' ? undefined : await takePrevious(engine, { request, kernel, basis });
    // An increment is told as a whole; the files of a whole version are stored while the kernel writes the next ones.
    const onFile = base === undefined ? (file: VersionFile) => storing.add(file) : undefined;
    const { files, state, ...outcome } = await kernel.finish({ base, onFile });
    progressOf(request, 'storing')({ rows: outcome.received, bytes: outcome.bytes });
    if (base !== undefined && basis !== undefined) await storeIncrement(engine, { basis, base, files });
    else await storing.done();
    await writeState(engine, version, state);
    await kernel.close();
    return { ...outcome, rejects: readRejects(scratchDir, Object.keys(schema.columns)) };
  } catch (thrown) {
    await kernel.close();
    await storing.done().catch(() => undefined);
    await removeFiles(engine, request);
    await dropDatasetVersion(engine, version);
    throw thrown;
  }
}

function progressOf(request: LoadRequest, phase: LoadProgress['phase']): Progress {
  return ({ rows, bytes }) => request.onProgress?.({ phase, rows, bytes });
}

/** Answers what the load is an increment of, or nothing where the kernel has taken all of the earlier version. */
async function takePrevious(
  engine: Engine,
  { request, kernel, basis }: { request: LoadRequest; kernel: Kernel; basis: IncrementBasis | undefined },
): Promise<IncrementBase | undefined> {
  const { previousVersion: previous, schema } = request;
  if (previous === undefined) return undefined;
  const columns = columnsOf(schema);
  if (!(await archiveFits(engine, previous, columns))) {
    throw new LoadFailure('schema_changed', { hint: 'the schema changed since the last load; replace the dataset' });
  }
  const base = basis && (await takeIncrement(engine, { request, kernel, basis }));
  if (base !== undefined) return base;
  if (hasConsentStrings(schema)) await kernel.takeStrings(engine.streamBinary(stringsQuery(previous)));
  await kernel.takeArchive(engine.streamBinary(archiveQuery(previous, columns)));
  return undefined;
}

/** Stored one after another, in the order they come. */
class FilesToStore {
  readonly #engine: Engine;
  #last: Promise<void> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  add(file: VersionFile): void {
    this.#last = this.#last.then(() => storeFile(this.#engine, file));
    // Whoever waits for the end is told; until then a failure must not end the process.
    this.#last.catch(() => undefined);
  }

  done(): Promise<void> {
    return this.#last;
  }
}

async function storeFile(engine: Engine, { table, path, rows, whole }: VersionFile): Promise<void> {
  if (whole) return engine.adoptFile(table, { path, rows });
  await engine.createTable(table);
  if (rows > 0) await engine.insertFile({ table: table.name, columns: table.columns }, { path, format: 'Native' });
  await rm(path, { force: true });
}

async function removeFiles(engine: Engine, request: LoadRequest): Promise<void> {
  const { scratchDir, version } = request;
  await dropIncrementRests(engine, request);
  for (const path of [rejectFilePath(scratchDir), columnsFilePath(scratchDir)]) await rm(path, { force: true });
  for (const suffix of VERSION_TABLES) {
    await rm(versionFilePath(scratchDir, tableName(version, suffix)), { force: true });
  }
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
