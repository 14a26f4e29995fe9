// A result on its way out of the embedded engine, by a file: the native session ends a stream as soon as another query runs in it.
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';

/** What a process left behind that was killed while it read. */
export async function emptyStreamFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** The bytes of the file in blocks; the file is gone afterwards, however far it was read. A result without rows makes none. */
export async function* readAndRemove(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** Whole lines of every block, parsed. */
export async function* jsonRows<Row>(blocks: AsyncIterable<Uint8Array>): AsyncIterable<Row[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const block of blocks) {
    const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  }
}

const BLOCK_BYTES = 1 << 18; // some thousand rows: large enough to be cheap, small enough to stay in the cache
