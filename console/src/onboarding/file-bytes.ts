// A dropped file as a stream of plain bytes. What is no CSV is refused by its first bytes: names are not trusted.
import type { HashFault, HashFaultCode } from './hash-words.ts';

export class HashFailure extends Error {
  readonly fault: HashFault;

  constructor(code: HashFaultCode, message: string, hint?: string) {
    super(message);
    this.name = 'HashFailure';
    this.fault = { code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

export interface FileBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Bytes of the file read so far, before decompression: what progress is measured in. */
  readBytes(): number;
}

const AS_CSV = 'export it as CSV (UTF-8), with the names of the columns in the first line';
const HEAD_BYTES = 64;

/** Throws HashFailure: for Parquet, JSON lines and spreadsheets, and for a compression that this browser does not read. */
export async function openFile(file: File): Promise<FileBytes> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer().catch(unreadable));
  refuseOtherFormats(head);
  let readBytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      readBytes += bytes.byteLength;
      controller.enqueue(bytes);
    },
  });
  const source = file.stream().pipeThrough(counted);
  const compression = compressionOf(head);
  const plain = compression === undefined ? source : source.pipeThrough(decompressor(compression));
  return { bytes: named(plain, compression !== undefined), readBytes: () => readBytes };
}

function refuseOtherFormats(head: Uint8Array): void {
  const text = String.fromCharCode(...head)
    .replace(/^\xEF\xBB\xBF/, '')
    .trimStart();
  const found = text.startsWith('PAR1')
    ? 'Parquet'
    : /^[{[]/.test(text)
      ? 'JSON'
      : text.startsWith('PK\x03\x04')
        ? 'a spreadsheet or a ZIP archive'
        : undefined;
  if (found !== undefined) {
    throw new HashFailure('format_unsupported', `this file is ${found}, and only CSV is hashed here`, AS_CSV);
  }
}

function compressionOf(head: Uint8Array): 'gzip' | 'zstd' | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : undefined;
}

function decompressor(compression: 'gzip' | 'zstd'): ReadableWritablePair<Uint8Array, Uint8Array> {
  try {
    return new DecompressionStream(compression as CompressionFormat) as ReadableWritablePair<Uint8Array, Uint8Array>;
  } catch {
    throw new HashFailure(
      'compression_unsupported',
      `this browser does not read ${compression} files`,
      'decompress the file first, or hash it with the command line',
    );
  }
}

async function* named(source: ReadableStream<Uint8Array>, isCompressed: boolean): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (cause) {
    if (isCompressed && cause instanceof TypeError) {
      throw new HashFailure('compression_truncated', 'the compressed file is cut or damaged', 'copy it again');
    }
    unreadable();
  }
}

function unreadable(): never {
  throw new HashFailure(
    'file_unreadable',
    'the file could not be read to its end',
    'it may have been changed, moved or deleted meanwhile: choose it again',
  );
}
