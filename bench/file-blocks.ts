// A file read block by block into one piece of memory, as a service hands the blocks of an upload to a load, and one made durable before.
import { open } from 'node:fs/promises';

const BLOCK_BYTES = 1 << 20;

/** Each block is valid until the next is asked for. */
export async function* fileBlocks(path: string): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, BLOCK_BYTES);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Else whoever reads it first waits for its gigabytes to reach the disk, where it makes what it wrote durable itself. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}
