// Encrypted uploads: what was sent comes back, whatever was cut on the way, and nothing else does.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { appendEncrypted, createEncryptedFile, findEnd, readEncrypted } from './encrypted-file.ts';
import type { EncryptedFile } from './record-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-sealed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
async function newFile(): Promise<EncryptedFile> {
  const path = join(folder, `${files++}.sealed`);
  await createEncryptedFile(path);
  return { path, uploadId: `upl_${files}`, key: randomBytes(32) };
}

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function append(file: EncryptedFile, ...parts: Uint8Array[]): Promise<number> {
  return (await appendEncrypted(file, await findEnd(file.path), chunks(...parts))).plainBytes;
}

test('bytes come back in order, however they were cut into pieces', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 4 }), async (requests) => {
      const file = await newFile();
      for (const request of requests) await append(file, ...request);
      const plain = Buffer.concat(requests.flat());
      expect((await findEnd(file.path)).plainBytes).toBe(plain.length);
      expect(await buffer(readEncrypted(file, plain.length))).toEqual(plain);
    }),
    { numRuns: 30 },
  );
});

test('a file of many records comes back', async () => {
  const file = await newFile();
  const plain = randomBytes(5_000_000);
  expect(await append(file, plain)).toBe(plain.length);
  expect((await buffer(readEncrypted(file, plain.length))).equals(plain)).toBe(true);
});

test('a record torn by a crash is forgotten, and the sender goes on before it', async () => {
  const file = await newFile();
  await append(file, Buffer.from('first '));
  await append(file, Buffer.from('second'));
  await truncate(file.path, (await readFile(file.path)).length - 3);
  expect((await findEnd(file.path)).plainBytes).toBe(6);
  await append(file, Buffer.from('again'));
  expect((await buffer(readEncrypted(file, 11))).toString()).toBe('first again');
});

test('zeros that a crash left behind the last record are no record', async () => {
  const file = await newFile();
  await append(file, Buffer.from('first '));
  await appendFile(file.path, Buffer.alloc(4096));
  expect(await findEnd(file.path)).toEqual({ plainBytes: 6, storedBytes: 38 });
  await append(file, Buffer.from('again'));
  expect((await buffer(readEncrypted(file, 11))).toString()).toBe('first again');
});

test('what arrived before a sender was cut off is kept', async () => {
  const file = await newFile();
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('kept');
    throw new Error('connection reset');
  }
  expect((await appendEncrypted(file, await findEnd(file.path), cut())).plainBytes).toBe(4);
});

test('a flipped bit, a moved record, another key and missing bytes are errors, not data', async () => {
  const file = await newFile();
  await append(file, Buffer.from('one record'));
  await append(file, Buffer.from('another'));
  const stored = await readFile(file.path);
  const reading = () => buffer(readEncrypted(file, 17));
  await writeFile(file.path, Buffer.concat([stored.subarray(42), stored.subarray(0, 42)]));
  await expect(reading()).rejects.toThrow();
  const flipped = Buffer.from(stored);
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  await writeFile(file.path, flipped);
  await expect(reading()).rejects.toThrow();
  await writeFile(file.path, stored.subarray(0, 42));
  await expect(reading()).rejects.toThrow(/ends too early/);
  await writeFile(file.path, stored);
  await expect(buffer(readEncrypted({ ...file, key: randomBytes(32) }, 17))).rejects.toThrow();
  await appendFile(file.path, Buffer.alloc(3));
  expect((await buffer(readEncrypted(file, 17))).toString()).toBe('one recordanother');
});
