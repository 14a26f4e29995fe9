// A file of several Zstandard frames is read to its end, wherever the pieces it comes in are cut.
import { Readable } from 'node:stream';
import { constants, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAtFrames } from './zstd-frames.ts';

const SKIPPABLE = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const EMPTY_SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);

const frame = fc.record({
  text: fc.oneof(
    fc.string(),
    fc.nat(300_000).map((length) => 'a'.repeat(length)),
    fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  ),
  checksum: fc.boolean(),
  before: fc.constantFrom(Buffer.alloc(0), SKIPPABLE, EMPTY_SKIPPABLE),
});

async function decompressed(pieces: readonly Buffer[]): Promise<string> {
  const plain = Readable.from(cutAtFrames(Readable.from(pieces))).pipe(createZstdDecompress());
  return Buffer.concat(await plain.toArray()).toString();
}

test('every frame is read, however the pieces are cut', async () => {
  const frames = fc.array(frame, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(frames, fc.integer({ min: 1, max: 400 }), async (parts, pieceBytes) => {
      const stored = Buffer.concat(
        parts.flatMap(({ text, checksum, before }) => [
          before,
          zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 } }),
        ]),
      );
      const pieces = Array.from({ length: Math.ceil(stored.length / pieceBytes) }, (_, n) =>
        stored.subarray(n * pieceBytes, (n + 1) * pieceBytes),
      );
      const text = parts.map((part) => part.text).join('');
      expect(await decompressed(pieces)).toBe(text);
      expect(await decompressed([stored])).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['bytes that are no frame behind a frame', Buffer.from('garbage behind')],
  ['a second frame that is cut', zstdCompressSync('b'.repeat(100)).subarray(0, -5)],
])('%s is an error, not an end', async (_name, behind) => {
  await expect(decompressed([Buffer.concat([zstdCompressSync('a'), behind])])).rejects.toThrow();
});
