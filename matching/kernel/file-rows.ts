// Turns an upload into batches of rows, whatever its format: checks the encoding, reads the header, splits blocks.
import { isUtf8 } from 'node:buffer';
import { LoadFailure, type LoadLimits } from '../load-request.ts';
import { BlockJoiner } from './block-joiner.ts';
import { holdsEmail } from './cleartext.ts';
import { splitCsv } from './csv.ts';
import { QUOTE } from './csv-bytes.ts';
import type { DigestColumn } from './digest-column.ts';
import { splitJsonLines } from './json-lines.ts';
import { PlainSplitter } from './plain-splitter.ts';
import { RowBatch } from './rows.ts';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PARQUET = Buffer.from('PAR1');

export interface FileLayout {
  /** Of each field the column of its digest; undefined for anything else. */
  readonly digests: readonly (DigestColumn | undefined)[];
}

export interface FileRows {
  /** The names of the header; for a file without one, the names of the schema in order. */
  onHeader(names: readonly string[]): FileLayout;
  onBatch(batch: RowBatch, bytes: number): Promise<void>;
}

export async function readCsvRows(blocks: AsyncIterable<Buffer>, rows: FileRows, limits: LoadLimits): Promise<void> {
  const batch = new RowBatch();
  const splitter = new PlainSplitter();
  let layout: FileLayout | undefined;
  const header = (bytes: Buffer, last: boolean): number => {
    const used = splitCsv(bytes, batch, { last, maxRows: 1 });
    if (batch.rows === 0) return used;
    checkUtf8(bytes.subarray(0, used));
    const names = headerNames(batch);
    const leak = names.find(holdsEmail);
    if (leak !== undefined) throw new LoadFailure('cleartext_identifier', { row: 0, hint: HEADER_HINT });
    layout = rows.onHeader(names);
    return used;
  };
  const joiner = new BlockJoiner(splitter.input);
  await readBlocks(blocks, { limits, joiner }, async (bytes, last) => {
    let used = layout === undefined ? header(bytes, last) : 0;
    if (layout === undefined) return used;
    const rest = bytes.subarray(used);
    const plain = rest.indexOf(QUOTE) < 0;
    used += plain ? splitter.split(rest, batch, { ...layout, last }) : splitCsv(rest, batch, { last });
    checkUtf8(bytes.subarray(0, used));
    if (batch.rows > 0) await rows.onBatch(batch, used);
    return used;
  });
  if (layout === undefined) throw new LoadFailure('file_empty', { hint: 'the file has no header' });
}

const HEADER_HINT = 'the first line is the header, and an email address stands in it';

export async function readJsonRows(
  blocks: AsyncIterable<Buffer>,
  rows: FileRows,
  options: { limits: LoadLimits; names: readonly string[] },
): Promise<void> {
  const batch = new RowBatch();
  rows.onHeader(options.names);
  await readBlocks(blocks, { limits: options.limits, joiner: new BlockJoiner() }, async (bytes, last) => {
    const end = last ? bytes.length : bytes.lastIndexOf(10) + 1;
    const whole = bytes.subarray(0, end);
    checkUtf8(whole);
    splitJsonLines(whole.toString('utf8'), batch, options.names);
    if (batch.rows > 0) await rows.onBatch(batch, end);
    return end;
  });
}

/** Feeds whole blocks with what the last one left over; the taker says how many bytes it used. */
async function readBlocks(
  blocks: AsyncIterable<Buffer>,
  { limits, joiner }: { limits: LoadLimits; joiner: BlockJoiner },
  take: (bytes: Buffer, last: boolean) => Promise<number>,
): Promise<void> {
  let started = false;
  for await (const block of blocks) {
    joiner.append(block);
    if (!started && joiner.bytes.length < UTF8_MARK.length) continue;
    if (!started) joiner.use(markLength(joiner.bytes));
    started = true;
    joiner.use(await take(joiner.bytes, false));
    if (joiner.bytes.length > limits.maxRecordBytes) {
      throw new LoadFailure('field_too_long', { hint: `a row has at most ${limits.maxRecordBytes} bytes` });
    }
  }
  if (!started) joiner.use(markLength(joiner.bytes));
  if (joiner.bytes.length > 0) await take(joiner.bytes, true);
}

function markLength(bytes: Buffer): number {
  if (bytes.subarray(0, 3).equals(UTF8_MARK)) return UTF8_MARK.length;
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  // Without its mark, the capitals and commas of a header give UTF-16 away by their empty halves.
  if (utf16 || bytes[0] === 0 || bytes[1] === 0) {
    throw new LoadFailure('encoding_invalid', { hint: 'the file is in UTF-16; save it as UTF-8' });
  }
  refuseOtherFormats(bytes);
  return 0;
}

/** A name without its usual ending leaves the format to be guessed; the first bytes say when the guess was wrong. */
function refuseOtherFormats(bytes: Buffer): void {
  if (bytes.subarray(0, 2).equals(GZIP) || bytes.subarray(0, 4).equals(ZSTD)) {
    const hint = 'the file is compressed; name it .gz or .zst, or say its compression with the load';
    throw new LoadFailure('compression_invalid', { hint });
  }
  if (bytes.subarray(0, 4).equals(PARQUET)) {
    throw new LoadFailure('file_malformed', { hint: 'the file is Parquet; name it .parquet, or say its format' });
  }
}

function checkUtf8(bytes: Buffer): void {
  if (isUtf8(bytes)) return;
  throw new LoadFailure('encoding_invalid', { hint: 'the file is not UTF-8; save it as UTF-8' });
}

function headerNames(batch: RowBatch): string[] {
  const names: string[] = [];
  for (let field = 0; field < batch.fields; field++) {
    names.push(batch.bytes.toString('utf8', batch.starts[field], batch.ends[field]).trim());
  }
  return names;
}
