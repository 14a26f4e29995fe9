// The second step, done in the same pass as the load: each digest is re-keyed under the tenant's key as it is read and
// stored nowhere. This is the kernel of a load: it needs no engine, and runs in a thread of its own.
import { join } from 'node:path';

import type { IdentifierType } from '../identifiers/identifier.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeOf } from './identifier-types.ts';
import { CarriedRows } from './kernel/carried-rows.ts';
import { CleartextFound, cleartextFailure } from './kernel/cell.ts';
import { ColumnMemory } from './kernel/column-memory.ts';
import { columnsOf } from './kernel/column-set.ts';
import { takeArchivedStrings } from './kernel/consent-string-column.ts';
import { ErasedRows } from './kernel/erased-rows.ts';
import { type FileRows, readCsvRows, readJsonRows } from './kernel/file-rows.ts';
import { placesOf } from './kernel/header.ts';
import { readPersonSet } from './kernel/key-file.ts';
import { type DistinctKeys, joinRowsByKey } from './kernel/key-join.ts';
import { countKeys } from './kernel/key-layers.ts';
import { type NamedRows, nameOrdered, nameRows } from './kernel/named-rows.ts';
import { type OrderedRows, orderRows } from './kernel/person-order.ts';
import { RejectFile } from './kernel/reject-file.ts';
import { binaryRows } from './kernel/row-binary.ts';
import { type IntakeOptions, RowIntake } from './kernel/row-intake.ts';
import type { RowBatch } from './kernel/rows.ts';
import { findTouched, type TouchedPersons, writeAskedRecords } from './kernel/touched-persons.ts';
import { LoadFailure, type LoadLimits, type LoadOutcome, type LoadRequest } from './load-request.ts';
import { startDecoding } from './person-consent.ts';
import { hasConsentStrings } from './tables.ts';
import { type VersionFile, writeVersionFiles } from './version-files.ts';
import type { VersionState } from './version-state.ts';

/** What the kernel needs of a LoadRequest: plain data, so that it can be handed to a thread. */
export interface KernelRequest
  extends Pick<LoadRequest, 'schema' | 'mode' | 'version' | 'tenantKey' | 'erased' | 'scratchDir'> {
  readonly format: 'csv' | 'ndjson';
  readonly limits: LoadLimits;
  /** The combinations of consent of the version before, whose numbers stay. */
  readonly consentTexts?: readonly string[];
}

/** An earlier version of which only what the file touches is written anew. */
export interface IncrementBase {
  readonly state: VersionState;
  /** The match keys and the archive of its base, as files. */
  readonly keys: string;
  readonly records: string;
  /** A file of the persons of the base who no longer count. */
  readonly gone: string | undefined;
}

export type Progress = (progress: { rows: number; bytes: number }) => void;

export interface KernelResult extends Omit<LoadOutcome, 'rejects'> {
  /** One file of columns for each table of the version. */
  readonly files: readonly VersionFile[];
  readonly state: VersionState;
}

export interface FinishOptions {
  readonly base?: IncrementBase | undefined;
  readonly onFile?: ((file: VersionFile) => void) | undefined;
}

export interface Kernel {
  /** Reads the partner's file; all of it has been checked when this returns. */
  readFile(blocks: AsyncIterable<Buffer>, onProgress: Progress): Promise<void>;
  /** The consent strings of the earlier version, which the rows of its archive name by number; comes before them. */
  takeStrings(blocks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Carries over the rows of the earlier version that the file neither replaces nor deletes. */
  takeArchive(blocks: AsyncIterable<Uint8Array>, isIncrement?: boolean): Promise<void>;
  /** The record ids that the file is about; undefined where it has none. */
  writeAskedRecords(): Promise<string | undefined>;
  /** Which persons of the base hold a key of the file; the rows of those come from the archive as an increment. */
  findTouched(base: IncrementBase): Promise<TouchedPersons>;
  /** Only the rows that were taken in are written where a base is given. `onFile` hears of each file as soon as it is whole. */
  finish(options: FinishOptions): Promise<KernelResult>;
  close(): Promise<void>;
}

/** Where columns lie that memory has no room for, while a load runs. */
export function columnsFilePath(scratchDir: string): string {
  return join(scratchDir, 'columns.bin');
}

export class LoadKernel implements Kernel {
  readonly #request: KernelRequest;
  readonly #rejects: RejectFile;
  readonly #memory: ColumnMemory;
  /** What the file says, and the rows of the new version: the same unless rows are deleted. */
  readonly #file: RowIntake;
  readonly #next: RowIntake;
  readonly #carried = new CarriedRows();
  #newRows = 0;
  #bytes = 0;

  static async start(request: KernelRequest): Promise<LoadKernel> {
    return new LoadKernel(request, await RejectFile.create(request.scratchDir));
  }

  private constructor(request: KernelRequest, rejects: RejectFile) {
    this.#request = request;
    this.#rejects = rejects;
    const path = columnsFilePath(request.scratchDir);
    this.#memory = new ColumnMemory({ path, maxBytes: request.limits.maxColumnBytes });
    const intake = (purpose: IntakeOptions['purpose']) => {
      const { tenantKey, limits } = request;
      const erased = request.erased === undefined ? undefined : new ErasedRows(request.erased);
      const options = { tenantKey, rejects, maxRows: limits.maxRows, purpose, erased };
      return new RowIntake(columnsOf(request.schema, this.#memory), options);
    };
    this.#next = intake('store');
    this.#file = request.mode === 'delete' ? intake('collect') : this.#next;
    this.#next.columns.consentClasses.number(request.consentTexts ?? []);
  }

  async readFile(blocks: AsyncIterable<Buffer>, onProgress: Progress): Promise<void> {
    const { format, limits, schema } = this.#request;
    await this.readRows(onProgress, (rows) =>
      format === 'csv'
        ? readCsvRows(blocks, rows, limits)
        : readJsonRows(blocks, rows, { limits, names: Object.keys(schema.columns) }),
    );
  }

  async readRows(onProgress: Progress, read: (rows: FileRows) => Promise<void>): Promise<void> {
    const file = this.#file;
    try {
      await read({
        onHeader: (header) => ({ digests: file.arrange(placesOf(header, this.#request)) }),
        onBatch: async (batch, used) => {
          file.take(batch);
          this.#bytes += used;
          await this.#rejects.flush();
          onProgress({ rows: file.received, bytes: this.#bytes });
        },
      });
    } catch (thrown) {
      if (thrown instanceof CleartextFound) {
        throw cleartextFailure({ row: file.received + thrown.row + 1, field: undefined });
      }
      throw thrown;
    }
    if (file.received === 0) throw new LoadFailure('file_empty', { hint: 'the file has no rows' });
    this.#newRows = this.#next.persons.rows;
  }

  async takeStrings(blocks: AsyncIterable<Uint8Array>): Promise<void> {
    const { all } = this.#next.columns;
    for await (const batch of binaryRows(blocks, 3)) takeArchivedStrings(batch, all);
  }

  async writeAskedRecords(): Promise<string | undefined> {
    const { erased, scratchDir } = this.#request;
    return writeAskedRecords(this.#next, { erased, scratchDir });
  }

  async findTouched({ keys, gone }: IncrementBase): Promise<TouchedPersons> {
    return findTouched(this.#next, { keys, gone, erased: this.#request.erased });
  }

  async takeArchive(blocks: AsyncIterable<Uint8Array>, isIncrement = false): Promise<void> {
    const columns = this.#next.columns.all.length + (isIncrement ? 2 : 0);
    for await (const batch of binaryRows(blocks, columns)) {
      const { rows, count } = this.#next.takeArchived(batch, this.#dropped(isIncrement ? batch : undefined));
      if (isIncrement) this.#carried.keep(batch, rows, count);
    }
  }

  async finish({ base, onFile }: FinishOptions): Promise<KernelResult> {
    await this.#rejects.close();
    const { schema, version, scratchDir } = this.#request;
    const next = this.#next;
    startDecoding(next.columns.consents);
    const keyColumns = next.columns.digests.map((digest) => digest.keys);
    const distinctKeys = joinRowsByKey(keyColumns, next.persons);
    const ordered = orderRows(next, this.#newRows);
    const named = base ? this.#nameIncrement(ordered, base) : nameOrdered(ordered);
    const files: VersionFile[] = [];
    const written = writeVersionFiles({
      ...ordered,
      ...named,
      distinctKeys,
      version,
      schema,
      scratchDir,
      intake: next,
    });
    for await (const file of written) {
      files.push(file);
      onFile?.(file);
    }
    this.#memory.close();
    const source = next.columns.consents.length === 0 ? 'none' : 'purposes-column';
    const { personCount } = ordered.order;
    const gone = base === undefined ? undefined : readPersonSet(base.gone);
    const records =
      base === undefined ? next.persons.rows : base.state.records - this.#carried.received + next.persons.rows;
    const ownKeys = keysByType(next, distinctKeys);
    const lowest = base?.state ?? {
      basePersons: personCount,
      baseKeys: ownKeys,
      recordBlocks: blocksOf(files, tableName(version, 'records')),
    };
    return {
      received: this.#file.received,
      accepted: this.#file.accepted,
      rejected: this.#rejects.counts,
      records,
      persons: gone === undefined ? personCount : lowest.basePersons - gone.size + personCount,
      keysByType: keysByName(base === undefined ? [ownKeys] : [standingKeys(base), ownKeys]),
      bytes: this.#bytes,
      consentClasses: hasConsentStrings(schema) ? [] : next.columns.consentClasses.list(source),
      files,
      state: { ...lowest, ...named.next, records, consentTexts: next.columns.consentClasses.texts() },
    };
  }

  #nameIncrement(ordered: OrderedRows, { state }: IncrementBase): NamedRows {
    return nameRows(ordered, { carried: this.#carried, newRows: this.#newRows, state });
  }

  async close(): Promise<void> {
    this.#memory.close();
    await this.#rejects.close();
  }

  /** Which rows of the earlier version stay behind. */
  #dropped(increment: RowBatch | undefined): Parameters<RowIntake['takeArchived']>[1] {
    const file = this.#file;
    const { digests, recordId } = this.#next.columns;
    const listedRecords = file.recordKeys.size;
    return (keyWords, record, row) => {
      const listed = recordId === undefined ? undefined : file.recordKeys.find(record, row * 4);
      if (listed !== undefined && listed < listedRecords) {
        if (increment) this.#carried.replace(increment, row, file.recordKeys.owners.items[listed] as number);
        return true;
      }
      if (this.#request.mode !== 'delete') return false;
      return digests.some(
        (digest, n) =>
          digest.present[row] === 1 && file.namedKeys.find(keyWords[n] as Uint32Array, row * 4) !== undefined,
      );
    };
  }
}

function blocksOf(files: readonly VersionFile[], table: string): readonly number[] {
  return files.find((file) => file.table.name === table)?.blocks ?? [];
}

/** Of an increment the keys of the base that still count: a person's keys are either all in it or none. */
function standingKeys({ keys, gone, state }: IncrementBase): VersionState['baseKeys'] {
  if (gone === undefined) return state.baseKeys;
  return countKeys({ kind: 'count', layers: { base: keys, top: undefined, gone } }).rowsByType;
}

function keysByType({ columns }: RowIntake, { counts }: DistinctKeys): VersionState['baseKeys'] {
  const byType: Record<number, number> = {};
  columns.digests.forEach(({ type }, column) => {
    byType[type] = (byType[type] ?? 0) + (counts[column] as number);
  });
  return byType;
}

function keysByName(counts: readonly VersionState['baseKeys'][]): LoadOutcome['keysByType'] {
  const byName: Partial<Record<IdentifierType, number>> = {};
  for (const [type, keys] of counts.flatMap((byType) => Object.entries(byType))) {
    const name = identifierTypeOf(Number(type));
    if (keys > 0) byName[name] = (byName[name] ?? 0) + keys;
  }
  return byName;
}
