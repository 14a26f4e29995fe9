// Hashes a stream of CSV bytes: cut into chunks of whole records, hashed in a pool, written in the order of the file.
// The command line and the browser both run this, so one file gives one output whoever hashes it.
import { csvCell, spreadsheetCell } from '../csv/cell.ts';
import { readHead } from '../csv/file-head.ts';
import { recordChunks } from '../csv/record-chunks.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { FileFault } from '../file-fault.ts';
import type { HashedChunk, HashPlan } from './chunk-hasher.ts';
import { planColumns } from './column-plan.ts';

export interface ChunkPool {
  /** Chunks that may be under way at once. */
  readonly width: number;
  hash(bytes: Uint8Array): Promise<HashedChunk>;
  close(): Promise<void>;
}

export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
}

export interface HashStreamOptions {
  /** Plain bytes as they come. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly schema: DatasetSchema;
  readonly salt: string;
  /** Columns of the file that do not get into the hashed one. */
  readonly leftOut?: ReadonlySet<string>;
  /** Key of sealed columns; needed when the schema has a platform-digest column. */
  readonly fileKey?: Uint8Array;
  readonly output: Sink;
  readonly rejects?: Sink;
  readonly signal: AbortSignal;
  openPool(plan: HashPlan): Promise<ChunkPool>;
  /** Rows left out and cells blanked, in the order of the file. */
  onReject?(reject: RejectedCell): void;
  /** After each chunk was written. */
  onChunk(summary: HashSummary): void;
}

/** Row from 1; `field` is '' for the row as a whole. Never what stood there. */
export interface RejectedCell {
  readonly row: number;
  readonly field: string;
  readonly code: string;
}

export interface HashSummary {
  received: number;
  accepted: number;
  /** Rows left out, by code; received = accepted + their sum. */
  rejected: Record<string, number>;
  /** Cells blanked because they were no identifier, by field and code; their rows may be accepted. */
  blanked: Record<string, Record<string, number>>;
}

/** Rows are numbered from 1, the header not counted, blank lines neither. Throws FileFault, and the signal's reason. */
export async function hashStream(options: HashStreamOptions): Promise<HashSummary> {
  const { schema, salt, fileKey, leftOut = new Set() } = options;
  const { format, scanner, rest } = await readHead(options.bytes, Object.keys(schema.columns));
  const plan: HashPlan = {
    ...{ format, columns: planColumns(format.header, schema, leftOut), salt },
    ...(schema.defaultCountry === undefined ? {} : { defaultCountry: schema.defaultCountry }),
    ...(fileKey === undefined ? {} : { fileKey }),
  };
  const header = format.header.filter((name) => !leftOut.has(name));
  const summary: HashSummary = { received: 0, accepted: 0, rejected: {}, blanked: {} };
  await options.output.write(encoded(`${header.map(csvCell).join(',')}\n`));
  await options.rejects?.write(encoded('row,field,code\n'));
  const pool = await options.openPool(plan);
  try {
    for await (const chunk of hashedInOrder(recordChunks(rest, scanner), pool)) {
      options.signal.throwIfAborted();
      await writeChunk(chunk, format.header, summary, options);
      options.onChunk(summary);
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
  options: Pick<HashStreamOptions, 'output' | 'rejects' | 'onReject'>,
): Promise<void> {
  if (chunk.notUtf8Row !== undefined) {
    const row = summary.received + chunk.notUtf8Row + 1;
    throw new FileFault('encoding_invalid', `row ${row} is not UTF-8`, {
      row,
      hint: 'convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8',
    });
  }
  await options.output.write(chunk.output);
  let lines = '';
  for (const reject of chunk.rejects) {
    const field = reject.field < 0 ? '' : header[reject.field]!;
    const row = summary.received + reject.row + 1;
    lines += `${row},${spreadsheetCell(field)},${reject.code}\n`;
    options.onReject?.({ row, field, code: reject.code });
    count(reject, field, summary);
  }
  if (lines !== '') await options.rejects?.write(encoded(lines));
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

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
