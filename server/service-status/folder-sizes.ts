// What the folders of the data folder weigh. Files come and go while they are counted: one that has gone weighs nothing.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderSize {
  /** `.` for the files that lie in the folder itself. */
  readonly name: string;
  readonly bytes: number;
}

/** The heaviest first. */
export async function folderSizes(folder: string): Promise<FolderSize[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const sizes = [{ name: '.', bytes: await bytesOf(files) }];
  for (const name of folders) sizes.push({ name, bytes: await bytesBelow(join(folder, name)) });
  return sizes.toSorted((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(goneAs([]));
  return bytesOf(entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
}

async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file).catch(goneAs({ size: 0 }))).size;
  return bytes;
}

function goneAs<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') throw error;
    return instead;
  };
}
