// A partner's file as a stream of plain bytes: from disk or standard input, gzip and Zstandard opened on the way.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { cutAtFrames } from '../../identifiers/zstd-frames.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { READ_BYTES } from '../limits.ts';

export interface InputFile {
  /** Plain bytes. Throws file_unreadable, compression_truncated, interrupted. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Size on disk, undefined for standard input. */
  readonly totalBytes?: number;
  /** Bytes read so far, before decompression: what progress is measured in. */
  readBytes(): number;
}

export async function openInput(path: string, options: { stdin: Readable; signal: AbortSignal }): Promise<InputFile> {
  let totalBytes: number | undefined;
  if (path !== '-') totalBytes = await sizeOf(path);
  const source = path === '-' ? options.stdin : createReadStream(path, { highWaterMark: READ_BYTES });
  // A reader that waits for a silent pipe must still hear Ctrl-C.
  options.signal.addEventListener('abort', () => source.destroy(interrupted()), { once: true });
  let readBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      readBytes += (bytes as Uint8Array).length;
      if (options.signal.aborted) throw interrupted();
      yield bytes as Uint8Array;
    }
  }
  return {
    bytes: named(decompressed(counted()), options.signal),
    readBytes: () => readBytes,
    ...(totalBytes === undefined ? {} : { totalBytes }),
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CommandError('file_unreadable', `${path} is a directory`);
    return found.size;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('file_unreadable', `cannot read ${path}`, { cause, hint: errnoOf(cause) });
  }
}

/** Looks at the first bytes; names are not trusted, since partners rename files. */
async function* decompressed(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await source.next();
  if (first.done) return;
  const head = first.value;
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* source;
  }
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const zstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  if (!gzip && !zstd) {
    yield* whole();
    return;
  }
  const plain = new PassThrough({ highWaterMark: READ_BYTES });
  if (gzip) pipeline(whole(), zlib.createGunzip(), plain, () => {});
  else pipeline(cutAtFrames(whole()), zstdDecompress(), plain, () => {});
  yield* plain as AsyncIterable<Uint8Array>;
}

/** Partners run this file on the Node they have; older ones lack Zstandard alone. */
function zstdDecompress(): ReturnType<typeof zlib.createZstdDecompress> {
  if (typeof zlib.createZstdDecompress === 'function') return zlib.createZstdDecompress();
  throw new CommandError('compression_unsupported', `Node ${process.versions.node} does not read Zstandard`, {
    hint: 'use Node 24, or decompress the file first',
  });
}

async function* named(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (signal.aborted) throw interrupted();
    const code = errnoOf(cause);
    if (/^(Z_|ERR_|ZSTD_)/.test(code)) {
      throw new CommandError('compression_truncated', 'the compressed file is cut or damaged', {
        cause,
        hint: 'copy it again',
      });
    }
    throw new CommandError('file_unreadable', 'the file could not be read to its end', { cause, hint: code });
  }
}

export function errnoOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
