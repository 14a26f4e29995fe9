// Rules of a file that is written past the page cache: it holds what was given, whatever the pieces.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DirectFile, DirectReader } from './direct-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecluse-direct-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('holds the bytes that were given, to the last one, and no others', async () => {
  const path = join(folder, 'kept');
  const first = await DirectFile.create(path);
  // A disk that takes nothing past the page cache is written as ever, and there is nothing to hold.
  if (first === undefined) return;
  await first.close();
  const size = fc.oneof(fc.nat(9_000), fc.integer({ min: 1_000_000, max: 5_000_000 }), fc.constantFrom(4_096, 1 << 21));
  await fc.assert(
    fc.asyncProperty(fc.array(size, { maxLength: 6 }), fc.nat(255), async (sizes, seed) => {
      await writeFile(path, 'of an earlier run');
      const file = (await DirectFile.create(path)) as DirectFile;
      const parts = sizes.map((length, n) => Uint8Array.from({ length }, (_, at) => (at * 31 + n * 7 + seed) & 255));
      for (const part of parts) {
        const given = part.slice();
        await file.write(given);
        given.fill(0);
      }
      await file.close();
      expect((await readFile(path)).equals(Buffer.concat(parts))).toBe(true);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('takes memory that threads share', async () => {
  const path = join(folder, 'shared');
  const file = await DirectFile.create(path);
  const part = new Uint8Array(new SharedArrayBuffer(10_000)).fill(9);
  await file?.write(part);
  await file?.close();
  if (file !== undefined) expect((await readFile(path)).equals(Buffer.alloc(10_000, 9))).toBe(true);
});

test('is read past the page cache from any place to any other, and not beyond its end', async () => {
  const path = join(folder, 'read');
  const bytes = Uint8Array.from({ length: 5_000_123 }, (_, at) => (at * 7 + (at >> 9)) & 255);
  await writeFile(path, bytes);
  const reader = DirectReader.open(path);
  if (reader === undefined) return;
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.oneof(fc.nat(10_000), fc.nat(5_000_123)), (at, length) => {
      const into = new Uint8Array(length);
      const isWhole = reader.read(at, into);
      expect(isWhole).toBe(at + length <= bytes.length);
      if (isWhole) expect(Buffer.from(into).equals(bytes.subarray(at, at + length))).toBe(true);
    }),
    { numRuns: 60 },
  );
  reader.close();
});
