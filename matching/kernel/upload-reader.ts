// The bytes of an upload: hashed as stored, decompressed within limits, handed on in blocks. Whatever is wrong with the
// file as a file is told here, once, with a code of its own.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { cutAtFrames } from '../../identifiers/zstd-frames.ts';
import { BLOCK_BYTES, RATIO_FREE_BYTES } from '../limits.ts';
import { LoadFailure, type LoadLimits, type UploadSource } from '../load-request.ts';

const ENDED_EARLY = new Set(['Z_BUF_ERROR', 'ZSTD_error_srcSize_wrong']);

export async function* readUpload(
  source: UploadSource,
  limits: LoadLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const seen = { storedBytes: 0, plainBytes: 0 };
  // Only who takes each block before the next may share its memory; a decompressor or a file written beside does not.
  const taken = source.compression === 'none' && source.format !== 'parquet' ? source.blocks : undefined;
  const stored = hashed(taken?.() ?? source.open(), digest, seen, signal);
  try {
    for await (const block of source.compression === 'none' ? stored : decompressed(stored, source.compression)) {
      seen.plainBytes += block.length;
      checkExpansion(seen, limits);
      yield block;
    }
  } catch (thrown) {
    if (!(thrown instanceof LoadFailure)) {
      throw new LoadFailure('source_unreadable', { hint: 'the stored upload could not be read' });
    }
    // Nothing at all is an empty file first, and only then a stream that ends too early.
    if (thrown.code !== 'compression_truncated' || seen.storedBytes > 0) throw thrown;
  }
  if (digest.digest('hex') !== source.sha256) {
    throw new LoadFailure('sha256_mismatch', { hint: 'the file that arrived is not the file that was announced' });
  }
  if (seen.storedBytes === 0) throw new LoadFailure('file_empty', { hint: 'the file has no bytes' });
}

async function* hashed(
  stream: Readable | AsyncIterable<Buffer>,
  digest: ReturnType<typeof createHash>,
  seen: { storedBytes: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (signal?.aborted) throw new LoadFailure('load_aborted', { hint: 'the load was cancelled' });
      digest.update(chunk);
      seen.storedBytes += chunk.length;
      yield chunk;
    }
  } finally {
    if (stream instanceof Readable) stream.destroy();
  }
}

async function* decompressed(stored: AsyncIterable<Buffer>, compression: 'gzip' | 'zstd'): AsyncGenerator<Buffer> {
  const options = { chunkSize: BLOCK_BYTES };
  const expand = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  let feedFailure: unknown;
  const feeding = feed(compression === 'gzip' ? stored : cutAtFrames(stored), expand).catch((thrown) => {
    feedFailure = thrown;
    expand.destroy();
  });
  try {
    for await (const block of expand as AsyncIterable<Buffer>) yield block;
  } catch (thrown) {
    throw feedFailure ?? compressionFailure(thrown);
  } finally {
    expand.destroy();
  }
  await feeding;
  if (feedFailure !== undefined) throw feedFailure;
}

async function feed(stored: AsyncIterable<Uint8Array>, expand: NodeJS.WritableStream & { destroyed?: boolean }) {
  for await (const chunk of stored) {
    if (expand.destroyed) return;
    if (!expand.write(chunk)) {
      await new Promise<void>((resolve) => {
        expand.once('drain', resolve);
        expand.once('close', resolve);
      });
    }
  }
  expand.end();
}

function compressionFailure(thrown: unknown): LoadFailure {
  if (thrown instanceof LoadFailure) return thrown;
  const code = String((thrown as { code?: unknown }).code);
  if (ENDED_EARLY.has(code)) {
    return new LoadFailure('compression_truncated', {
      hint: 'the compressed file ends in the middle; upload it again',
    });
  }
  return new LoadFailure('compression_invalid', { hint: 'the file is not compressed as declared' });
}

function checkExpansion(seen: { storedBytes: number; plainBytes: number }, limits: LoadLimits): void {
  const free = Math.min(RATIO_FREE_BYTES, limits.maxDecompressedBytes);
  const tooMuch = seen.plainBytes > limits.maxDecompressedBytes;
  const tooDense = seen.plainBytes > free && seen.plainBytes > seen.storedBytes * limits.maxDecompressionRatio;
  if (tooMuch || tooDense) {
    throw new LoadFailure('decompression_limit', { hint: 'the file expands beyond what an honest file does' });
  }
}
