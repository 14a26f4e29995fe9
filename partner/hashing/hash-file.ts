// Hashes a whole file: read, cut into chunks of whole records, hashed on all cores, written in order, renamed into place.
// Nothing appears under the output's name unless every row was read.
import type { Readable } from 'node:stream';
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { csvCell, spreadsheetCell } from '../csv/cell.ts';
import { recordChunks } from '../csv/record-chunks.ts';
import { WORKERS_FROM_BYTES } from '../limits.ts';
import type { Output } from './atomic-file.ts';
import type { HashedChunk, HashPlan } from './chunk-hasher.ts';
import { type ChunkPool, inlinePool, workerPool } from './chunk-pool.ts';
import { planColumns } from './column-plan.ts';
import { readHead } from './file-head.ts';
import { openInput } from './input-file.ts';

export interface HashFileOptions {
  /** A path, or `-` for standard input. */
  readonly input: string;
  readonly schema: DatasetSchema;
  readonly salt: string;
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

export interface HashSummary {
  received: number;
  accepted: number;
  /** Rows left out, by code; received = accepted + their sum. */
  rejected: Record<string, number>;
  /** Cells blanked because they were no identifier, by field and code; their rows may be accepted. */
  blanked: Record<string, Record<string, number>>;
}

/** Rows are numbered from 1, the header not counted, blank lines neither. Leaves commit and discard to the caller. */
export async function hashFile(options: HashFileOptions): Promise<HashSummary> {
  const input = await openInput(options.input, options);
  const { format, scanner, rest } = await readHead(input.bytes, Object.keys(options.schema.columns));
  const { defaultCountry } = options.schema;
  const plan: HashPlan = {
    format,
    columns: planColumns(format.header, options.schema),
    salt: options.salt,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    ...(options.fileKey === undefined ? {} : { fileKey: options.fileKey }),
  };
  const summary: HashSummary = { received: 0, accepted: 0, rejected: {}, blanked: {} };
  await options.output.write(Buffer.from(`${format.header.map(csvCell).join(',')}\n`));
  await options.rejects?.write(Buffer.from('row,field,code\n'));
  const small = input.totalBytes !== undefined && input.totalBytes < WORKERS_FROM_BYTES;
  const pool = small ? await inlinePool(plan) : workerPool(plan, options.workerUrl, options.workers);
  const tell = (): void =>
    options.onProgress({
      readBytes: input.readBytes(),
      rows: summary.received,
      ...(input.totalBytes === undefined ? {} : { totalBytes: input.totalBytes }),
    });
  try {
    for await (const chunk of hashedInOrder(recordChunks(rest, scanner), pool)) {
      if (options.signal.aborted) throw interrupted();
      await writeChunk(chunk, format.header, summary, options);
      tell();
    }
  } finally {
    await pool.close();
  }
  return summary;
}

/** Keeps the pool full and answers in order; the first failure ends it. */
async function* hashedInOrder(chunks: AsyncIterable<Uint8Array>, pool: ChunkPool): AsyncGenerator<HashedChunk> {
  const underWay: Promise<HashedChunk>[] = [];
  for await (const bytes of chunks) {
    const hashed = pool.hash(bytes);
    hashed.catch(() => {}); // awaited in its turn below; until then a failure is not unobserved
    underWay.push(hashed);
    if (underWay.length >= pool.width) yield await underWay.shift()!;
  }
  for (const hashed of underWay) yield await hashed;
}

async function writeChunk(
  chunk: HashedChunk,
  header: readonly string[],
  summary: HashSummary,
  options: Pick<HashFileOptions, 'output' | 'rejects'>,
): Promise<void> {
  if (chunk.notUtf8Row !== undefined) {
    const row = summary.received + chunk.notUtf8Row + 1;
    throw new CommandError('encoding_invalid', `row ${row} is not UTF-8`, {
      row,
      hint: 'convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8',
    });
  }
  await options.output.write(chunk.output);
  let lines = '';
  for (const reject of chunk.rejects) {
    const field = reject.field < 0 ? '' : header[reject.field]!;
    lines += `${summary.received + reject.row + 1},${spreadsheetCell(field)},${reject.code}\n`;
    count(reject, field, summary);
  }
  if (lines !== '') await options.rejects?.write(Buffer.from(lines));
  summary.received += chunk.rows;
  summary.accepted += chunk.accepted;
}

function count(reject: { field: number; code: string }, field: string, summary: HashSummary): void {
  if (reject.field < 0 || reject.code === 'cleartext_identifier') {
    summary.rejected[reject.code] = (summary.rejected[reject.code] ?? 0) + 1;
    return;
  }
  summary.blanked[field] ??= {};
  const codes = summary.blanked[field];
  codes[reject.code] = (codes[reject.code] ?? 0) + 1;
}
