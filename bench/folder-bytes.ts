// How much of the disk a folder takes, and the most it took while something ran.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 512;

/** Blocks taken, each file once whatever its names; what goes while one looks takes nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const seen = new Set<number>();
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found === undefined || seen.has(found.ino)) continue;
    seen.add(found.ino);
    bytes += found.blocks * BLOCK_BYTES;
  }
  return bytes;
}

/** Looks every second while `work` runs, and once more when it is done. */
export async function withPeakBytes<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<{ result: T; peakBytes: number }> {
  let peakBytes = 0;
  const look = async () => {
    peakBytes = Math.max(peakBytes, await folderBytes(folder));
  };
  const timer = setInterval(() => void look(), 1_000);
  try {
    const result = await work();
    await look();
    return { result, peakBytes };
  } finally {
    clearInterval(timer);
  }
}
