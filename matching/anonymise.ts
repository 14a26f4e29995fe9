// The second step, done in the same pass as the load: each digest is re-keyed under the tenant's key as it is read and
// stored nowhere. This is the kernel of a load: it needs no engine, and runs in a thread of its own.

import type { IdentifierType } from '../identifiers/identifier.ts';
import { identifierTypeOf } from './identifier-types.ts';
import { CleartextFound, cleartextFailure } from './kernel/cell.ts';
import { columnsOf } from './kernel/column-set.ts';
import { takeArchivedStrings } from './kernel/consent-string-column.ts';
import { ErasedRows } from './kernel/erased-rows.ts';
import { type FileRows, readCsvRows, readJsonRows } from './kernel/file-rows.ts';
import { placesOf } from './kernel/header.ts';
import { type DistinctKeys, joinRowsByKey } from './kernel/key-join.ts';
import { orderRows } from './kernel/person-order.ts';
import { RejectFile } from './kernel/reject-file.ts';
import { binaryRows } from './kernel/row-binary.ts';
import { type IntakeOptions, RowIntake } from './kernel/row-intake.ts';
import { LoadFailure, type LoadLimits, type LoadOutcome, type LoadRequest } from './load-request.ts';
import { hasConsentStrings } from './tables.ts';
import { type VersionFile, writeVersionFiles } from './version-files.ts';

/** What the kernel needs of a LoadRequest: plain data, so that it can be handed to a thread. */
export interface KernelRequest
  extends Pick<LoadRequest, 'schema' | 'mode' | 'version' | 'tenantKey' | 'erased' | 'scratchDir'> {
  readonly format: 'csv' | 'ndjson';
  readonly limits: LoadLimits;
}

export type Progress = (progress: { rows: number; bytes: number }) => void;

export interface KernelResult extends Omit<LoadOutcome, 'rejects'> {
  /** One file of columns for each table of the version. */
  readonly files: readonly VersionFile[];
}

export interface Kernel {
  /** Reads the partner's file; all of it has been checked when this returns. */
  readFile(blocks: AsyncIterable<Buffer>, onProgress: Progress): Promise<void>;
  /** The consent strings of the earlier version, which the rows of its archive name by number; comes before them. */
  takeStrings(blocks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Carries over the rows of the earlier version that the file neither replaces nor deletes. */
  takeArchive(blocks: AsyncIterable<Uint8Array>): Promise<void>;
  finish(): Promise<KernelResult>;
  close(): Promise<void>;
}

export class LoadKernel implements Kernel {
  readonly #request: KernelRequest;
  readonly #rejects: RejectFile;
  /** What the file says, and the rows of the new version: the same unless rows are deleted. */
  readonly #file: RowIntake;
  readonly #next: RowIntake;
  #newRows = 0;
  #bytes = 0;

  static async start(request: KernelRequest): Promise<LoadKernel> {
    return new LoadKernel(request, await RejectFile.create(request.scratchDir));
  }

  private constructor(request: KernelRequest, rejects: RejectFile) {
    this.#request = request;
    this.#rejects = rejects;
    const intake = (purpose: IntakeOptions['purpose']) => {
      const { tenantKey, limits } = request;
      const erased = request.erased === undefined ? undefined : new ErasedRows(request.erased);
      const options = { tenantKey, rejects, maxRows: limits.maxRows, purpose, erased };
      return new RowIntake(columnsOf(request.schema), options);
    };
    this.#next = intake('store');
    this.#file = request.mode === 'delete' ? intake('collect') : this.#next;
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

  async takeArchive(blocks: AsyncIterable<Uint8Array>): Promise<void> {
    const drop = this.#dropped();
    for await (const batch of binaryRows(blocks, this.#next.columns.all.length)) this.#next.takeArchived(batch, drop);
  }

  async finish(): Promise<KernelResult> {
    await this.#rejects.close();
    const { schema, version, scratchDir } = this.#request;
    const next = this.#next;
    const keyColumns = next.columns.digests.map((digest) => digest.keys);
    const distinctKeys = joinRowsByKey(keyColumns, next.persons);
    const ordered = orderRows(next, this.#newRows);
    const files = await writeVersionFiles({ ...ordered, distinctKeys, version, schema, scratchDir, intake: next });
    const source = next.columns.consents.length === 0 ? 'none' : 'purposes-column';
    return {
      received: this.#file.received,
      accepted: this.#file.accepted,
      rejected: this.#rejects.counts,
      records: next.persons.rows,
      persons: ordered.order.personCount,
      keysByType: keysByType(next, distinctKeys),
      bytes: this.#bytes,
      consentClasses: hasConsentStrings(schema) ? [] : next.columns.consentClasses.list(source),
      files,
    };
  }

  async close(): Promise<void> {
    await this.#rejects.close();
  }

  /** Which rows of the earlier version stay behind. */
  #dropped(): Parameters<RowIntake['takeArchived']>[1] {
    const file = this.#file;
    const { digests, recordId } = this.#next.columns;
    const listedRecords = file.recordKeys.size;
    return (keyWords, record, row) => {
      const listed = recordId === undefined ? undefined : file.recordKeys.find(record, row * 4);
      if (listed !== undefined && listed < listedRecords) return true;
      if (this.#request.mode !== 'delete') return false;
      return digests.some(
        (digest, n) =>
          digest.present[row] === 1 && file.namedKeys.find(keyWords[n] as Uint32Array, row * 4) !== undefined,
      );
    };
  }
}

function keysByType({ columns }: RowIntake, { counts }: DistinctKeys): LoadOutcome['keysByType'] {
  const byType: Partial<Record<IdentifierType, number>> = {};
  columns.digests.forEach((digest, column) => {
    const type = identifierTypeOf(digest.type);
    const count = (byType[type] ?? 0) + (counts[column] as number);
    if (count > 0) byType[type] = count;
  });
  return byType;
}
