// Cuts a stream of bytes into chunks of whole CSV records, holding one chunk at a time however large the file.
import { FileFault } from '../file-fault.ts';
import { CHUNK_BYTES, MAX_RECORD_BYTES } from '../limits.ts';
import type { RecordScanner } from './record-scanner.ts';

export interface ChunkOptions {
  readonly chunkBytes?: number;
  readonly maxRecordBytes?: number;
}

/** The last chunk may end without a newline. Throws record_too_long, and quote_unclosed at the end of the file. */
export async function* recordChunks(
  source: AsyncIterable<Uint8Array>,
  scanner: RecordScanner,
  options: ChunkOptions = {},
): AsyncGenerator<Uint8Array> {
  const { chunkBytes = CHUNK_BYTES, maxRecordBytes = MAX_RECORD_BYTES } = options;
  let parts: Uint8Array[] = [];
  let size = 0;
  let whole = 0; // bytes of `parts` that are whole records
  for await (const bytes of source) {
    const end = scanner.scan(bytes);
    if (end > 0) whole = size + end;
    parts.push(bytes);
    size += bytes.length;
    if (whole > 0 && size >= chunkBytes) {
      const joined = join(parts, size);
      // Copies, each with a buffer of its own, so that a chunk can change threads without the rest.
      yield new Uint8Array(joined.subarray(0, whole));
      parts = whole < size ? [new Uint8Array(joined.subarray(whole))] : [];
      size -= whole;
      whole = 0;
    }
    if (size - whole > maxRecordBytes) throw tooLong(scanner, maxRecordBytes);
  }
  if (scanner.inQuotes) {
    throw new FileFault('quote_unclosed', 'the file ends inside a quoted field', {
      hint: 'a quote is left open, or the file was cut; write quotes inside fields twice ("")',
    });
  }
  if (size > 0) yield join(parts, size);
}

function tooLong(scanner: RecordScanner, maxRecordBytes: number): FileFault {
  const hint = scanner.inQuotes
    ? 'a quote is probably left open; write quotes inside fields twice ("")'
    : 'is this a CSV file?';
  return new FileFault('record_too_long', `a record is longer than ${maxRecordBytes} bytes`, { hint });
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
