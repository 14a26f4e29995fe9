// Who is in the audience, as a sorted file of keyed digests: it answers "is this id in it?" and holds no id to be listed.
import { createHmac, hash } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storing } from '../file/export-folder.ts';
import { PermanentError } from '../kit/errors.ts';
import type { DigestChanges } from './digest-changes.ts';
import { DIGEST_BYTES } from './limits.ts';
import type { OpenrtbSettings } from './settings.ts';

const CHUNK_BYTES = 8_192 * DIGEST_BYTES;

/** Of 64 digits. Digests are compared under this key alone: the file of another key answers nothing. */
export const storeKeyOf = (signingKey: string): string =>
  createHmac('sha256', 'ecluse openrtb members').update(signingKey).digest('hex');

/** A key of fixed length before the id; what a MAC would add, nobody here could use: digests are compared and never shown. */
export const digestOf = (id: string, storeKey: string): Buffer => hash('sha256', storeKey + id, 'buffer');

/** Whether each digest is in the file; of a file that is not there, none. */
export async function areMembers(path: string, digests: readonly Buffer[]): Promise<boolean[]> {
  const file = await opened(path);
  if (file === undefined) return digests.map(() => false);
  try {
    const count = (await file.stat()).size / DIGEST_BYTES;
    const found: boolean[] = [];
    for (const digest of digests) found.push(await isIn(file, digest, count));
    return found;
  } finally {
    await file.close();
  }
}

async function isIn(file: FileHandle, digest: Buffer, count: number): Promise<boolean> {
  const at = Buffer.alloc(DIGEST_BYTES);
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    await file.read(at, 0, DIGEST_BYTES, middle * DIGEST_BYTES);
    const order = at.compare(digest);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** Merges changes into the file, or replaces it by them. Written aside, flushed, renamed; done twice it is the same file. */
export async function mergeMembers(
  path: string,
  changes: DigestChanges,
  how: { readonly replaces: boolean },
): Promise<void> {
  await inTurn(path, () => storing(() => rewrite(path, changes, how)));
}

export const removeMembers = (path: string): Promise<void> => inTurn(path, () => rm(path, { force: true }));

export async function memberCount(path: string): Promise<number> {
  const file = await opened(path);
  if (file === undefined) return 0;
  const { size } = await file.stat().finally(() => file.close());
  return size / DIGEST_BYTES;
}

async function rewrite(path: string, changes: DigestChanges, { replaces }: { replaces: boolean }): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const before = replaces ? undefined : await opened(path);
  const part = `${path}.part`;
  const out = await open(part, 'w', 0o600);
  try {
    const sorted = changes.sorted();
    if (before !== undefined) for await (const chunk of chunksOf(before)) await out.writeFile(sorted.mergedInto(chunk));
    for (const chunk of sorted.rest()) await out.writeFile(chunk);
    await out.sync();
  } finally {
    await out.close();
    await before?.close();
  }
  await rename(part, path);
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function opened(path: string): Promise<FileHandle | undefined> {
  return storing(() =>
    open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }),
  );
}

/**
 * Where the members of these settings rest. Made of the signing key, which no settings page shows, and of what is told of a member:
 * destinations that differ in it never answer from one file. The root must be there: a share that is not mounted is no folder to make.
 */
export async function memberFile(
  exportRoot: string | undefined,
  { settings, signingKey }: { settings: OpenrtbSettings; signingKey: string },
): Promise<string> {
  if (exportRoot === undefined) throw new PermanentError('folder_refused', 'the operator has set no export folder');
  const root = await storing(() => realpath(exportRoot));
  const { data_name, segtax, segment_id, eid_source, id_type } = settings;
  const about = JSON.stringify([data_name, segtax, segment_id, eid_source, id_type]);
  const name = createHmac('sha256', storeKeyOf(signingKey)).update(about).digest('hex').slice(0, 32);
  return join(root, '.openrtb', `${name}.members`);
}

const turns = new Map<string, Promise<unknown>>();

/** One change of a file at a time: two audiences may go to one destination at once. */
async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work);
  turns.set(path, mine);
  return mine.finally(() => {
    if (turns.get(path) === mine) turns.delete(path);
  });
}
