// Turns an upload into batches of rows, whatever its format: checks the encoding, reads the header, splits blocks.
import { isUtf8 } from 'node:buffer';
import { LoadFailure, type LoadLimits } from '../load-request.ts';
import { holdsEmail } from './cleartext.ts';
import { splitCsv } from './csv.ts';
import { splitJsonLines } from './json-lines.ts';
import { RowBatch } from './rows.ts';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PARQUET = Buffer.from('PAR1');

export interface FileRows {
  /** The names of the header; for a file without one, the names of the schema in order. */
  onHeader(names: readonly string[]): void;
  onBatch(batch: RowBatch, bytes: number): Promise<void>;
}

export async function readCsvRows(blocks: AsyncIterable<Buffer>, rows: FileRows, limits: LoadLimits): Promise<void> {
  const batch = new RowBatch();
  let headed = false;
  const header = (bytes: Buffer, last: boolean): number => {
    const used = splitCsv(bytes, batch, { last, maxRows: 1 });
    if (batch.rows === 0) return used;
    headed = true;
    checkUtf8(bytes.subarray(0, used));
    const names = headerNames(batch);
    const leak = names.find(holdsEmail);
    if (leak !== undefined) throw new LoadFailure('cleartext_identifier', { row: 0, hint: HEADER_HINT });
    rows.onHeader(names);
    return used;
  };
  await readBlocks(blocks, limits, async (bytes, last) => {
    let used = headed ? 0 : header(bytes, last);
    if (!headed) return used;
    const rest = bytes.subarray(used);
    const taken = splitCsv(rest, batch, { last });
    used += taken;
    checkUtf8(bytes.subarray(0, used));
    if (batch.rows > 0) await rows.onBatch(batch, used);
    return used;
  });
  if (!headed) throw new LoadFailure('file_empty', { hint: 'the file has no header' });
}

const HEADER_HINT = 'the first line is the header, and an email address stands in it';

export async function readJsonRows(
  blocks: AsyncIterable<Buffer>,
  rows: FileRows,
  options: { limits: LoadLimits; names: readonly string[] },
): Promise<void> {
  const batch = new RowBatch();
  rows.onHeader(options.names);
  await readBlocks(blocks, options.limits, async (bytes, last) => {
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
  limits: LoadLimits,
  take: (bytes: Buffer, last: boolean) => Promise<number>,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const block of blocks) {
    let bytes = rest.length === 0 ? block : Buffer.concat([rest, block]);
    if (!started) {
      if (bytes.length < UTF8_MARK.length) {
        rest = bytes;
        continue;
      }
      started = true;
      bytes = withoutMark(bytes);
    }
    rest = bytes.subarray(await take(bytes, false));
    if (rest.length > limits.maxRecordBytes) {
      throw new LoadFailure('field_too_long', { hint: `a row has at most ${limits.maxRecordBytes} bytes` });
    }
  }
  const bytes = started ? rest : withoutMark(rest);
  if (bytes.length > 0) await take(bytes, true);
}

function withoutMark(bytes: Buffer): Buffer {
  if (bytes.subarray(0, 3).equals(UTF8_MARK)) return bytes.subarray(3);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  // Without its mark, the capitals and commas of a header give UTF-16 away by their empty halves.
  if (utf16 || bytes[0] === 0 || bytes[1] === 0) {
    throw new LoadFailure('encoding_invalid', { hint: 'the file is in UTF-16; save it as UTF-8' });
  }
  refuseOtherFormats(bytes);
  return bytes;
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
