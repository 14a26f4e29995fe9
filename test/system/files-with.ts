// Searches files for many byte strings at once: their last four bytes decide where it is worth to look closer.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many of the byte strings, of at least four bytes each, stand anywhere in the files below the folder, and where. */
export function findInFiles(
  folder: string,
  writings: readonly Uint8Array[],
): { files: number; found: Set<string>; at: Set<string> } {
  const byEnd = new Map<number, Buffer[]>();
  for (const writing of writings) {
    const bytes = Buffer.from(writing);
    const end = bytes.readInt32LE(bytes.length - 4);
    byEnd.set(end, [...(byEnd.get(end) ?? []), bytes]);
  }
  const found = new Set<string>();
  const at = new Set<string>();
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths) {
    const bytes = readFileSync(path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let end = 4; end <= bytes.length; end++) {
      for (const writing of byEnd.get(view.getInt32(end - 4, true)) ?? []) {
        const start = end - writing.length;
        if (start < 0 || bytes.compare(writing, 0, writing.length, start, end) !== 0) continue;
        found.add(writing.toString('hex'));
        at.add(path);
      }
    }
  }
  return { files: paths.length, found, at };
}
