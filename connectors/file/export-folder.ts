// Writes below the export folder and nowhere else; a file appears whole under its name or not at all.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { DropFolder, FileBytes, StoredFile } from '../file-drop/drop-folder.ts';
import { type DeliveryError, PermanentError, RetryableError } from '../kit/errors.ts';

/** The root must be there already: a share that is not mounted is a fault that passes, not a folder to make. */
export async function openExportFolder(exportRoot: string | undefined, folder: string): Promise<DropFolder> {
  if (exportRoot === undefined) throw new PermanentError('folder_refused', 'the operator has set no export folder');
  const path = await storing(async () => {
    const root = await realpath(exportRoot);
    await mkdir(join(root, folder), { recursive: true, mode: 0o750 });
    const real = await realpath(join(root, folder));
    // A link inside the export folder may point out of it.
    if (!real.startsWith(root + sep))
      throw new PermanentError('folder_refused', 'the folder lies outside the export folder');
    return real;
  });
  return {
    write: (name, chunks) => storing(() => writeAtomically(path, name, chunks)),
    describe: (name) => storing(() => describeFile(path, name)),
    // Opening it has shown it.
    check: async () => undefined,
    close: async () => undefined,
  };
}

/** Written aside, flushed, renamed. */
async function writeAtomically(path: string, name: string, chunks: FileBytes): Promise<void> {
  const part = join(path, `.${name}.part`);
  const file = await open(part, 'w', 0o640);
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, join(path, name));
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

async function describeFile(path: string, name: string): Promise<StoredFile> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(join(path, name)) as AsyncIterable<Buffer>) hash.update(chunk);
  return { name, bytes: (await stat(join(path, name))).size, sha256: hash.digest('hex') };
}

/** Faults that no repetition mends. */
const PERMANENT_CODES: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EEXIST',
]);

/** Faults of a file system by whether they pass. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFault(error);
  }
}

function storageFault(error: unknown): DeliveryError {
  if (error instanceof PermanentError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const message = `the export folder cannot be written (${code})`;
  return PERMANENT_CODES.has(code)
    ? new PermanentError('storage', message, { cause: error })
    : new RetryableError('storage', message, { cause: error });
}
