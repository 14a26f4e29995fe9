// Hashes a whole file on all cores of this machine. Nothing appears under the output's name unless every row was read.
import type { Readable } from 'node:stream';
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import { type HashSummary, hashStream } from '../../identifiers/hashing/hash-stream.ts';
import { commandErrorOfFile, interrupted } from '../command-error.ts';
import { WORKERS_FROM_BYTES } from '../limits.ts';
import type { Output } from './atomic-file.ts';
import { inlinePool, workerPool } from './chunk-pool.ts';
import { openInput } from './input-file.ts';

export interface HashFileOptions {
  /** A path, or `-` for standard input. */
  readonly input: string;
  readonly schema: DatasetSchema;
  readonly salt: string;
  /** Columns of the file that do not get into the hashed one. */
  readonly leftOut?: ReadonlySet<string>;
  readonly output: Output;
  readonly rejects?: Output;
  /** Key of sealed columns; needed when the schema has a platform-digest column. */
  readonly fileKey?: Uint8Array;
  readonly workerUrl: URL;
  readonly workers?: number;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  onProgress(progress: HashProgress): void;
}

export interface HashProgress {
  readonly readBytes: number;
  readonly totalBytes?: number;
  readonly rows: number;
}

/** Rows are numbered from 1, the header not counted, blank lines neither. Leaves commit and discard to the caller. */
export async function hashFile(options: HashFileOptions): Promise<HashSummary> {
  const { schema, salt, fileKey, output, rejects, signal } = options;
  const input = await openInput(options.input, options);
  const small = input.totalBytes !== undefined && input.totalBytes < WORKERS_FROM_BYTES;
  try {
    return await hashStream({
      ...{ bytes: input.bytes, schema, salt, output, signal },
      ...(options.leftOut === undefined ? {} : { leftOut: options.leftOut }),
      ...(fileKey === undefined ? {} : { fileKey }),
      ...(rejects === undefined ? {} : { rejects }),
      openPool: async (plan) => (small ? inlinePool(plan) : workerPool(plan, options.workerUrl, options.workers)),
      onChunk: ({ received }) =>
        options.onProgress({
          readBytes: input.readBytes(),
          rows: received,
          ...(input.totalBytes === undefined ? {} : { totalBytes: input.totalBytes }),
        }),
    });
  } catch (cause) {
    throw signal.aborted ? interrupted() : commandErrorOfFile(cause);
  }
}
