// The browser's own storage (origin private file system): what was hashed here waits there for its upload, through a reload too.
// Only hashed files and what is needed to go on are kept, never the file itself and never a salt.
import type { LoadMode } from '../../../openapi/generated/api.ts';
import { MAX_KEPT_MS } from './limits.ts';

export interface KeptUpload {
  readonly version: 1;
  /** Name of the hashed file in the storage. */
  readonly keptAs: string;
  /** Who may go on with it: another organisation that signs in here does not see it. */
  readonly tenantId: string;
  readonly datasetId: string;
  readonly datasetName: string;
  /** Name that the service is told: of the file that was dropped, with `.hashed.csv`. */
  readonly filename: string;
  readonly mode: LoadMode;
  readonly bytes: number;
  readonly sha256: string;
  readonly accepted: number;
  readonly keptAtMs: number;
  /** Where the service takes the rest of it; unknown until it has accepted the upload. */
  readonly uploadUrl?: string;
}

const FOLDER = 'onboarding';

export function hasStorage(): boolean {
  return globalThis.navigator?.storage?.getDirectory !== undefined;
}

export async function keptFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

export const rejectsName = (keptAs: string): string => `${keptAs}.rejects.csv`;
export const hashedName = (keptAs: string): string => `${keptAs}.hashed.csv`;
const noteName = (keptAs: string): string => `${keptAs}.json`;

/** Read from disk part by part, however large. */
export async function openKept(name: string): Promise<File> {
  return (await (await keptFolder()).getFileHandle(name)).getFile();
}

export async function saveKept(kept: KeptUpload): Promise<void> {
  const handle = await (await keptFolder()).getFileHandle(noteName(kept.keptAs), { create: true });
  const writable = await handle.createWritable();
  await writable.write(JSON.stringify(kept));
  await writable.close();
}

/** Uploads of this organisation that were begun and not finished, the newest first. What is too old is deleted. */
export async function listKept(tenantId: string, nowMs: number): Promise<KeptUpload[]> {
  if (!hasStorage()) return [];
  const folder = await keptFolder();
  const kept: KeptUpload[] = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind !== 'file') continue;
    if (!name.endsWith('.json')) await forgetOld(folder, handle as FileSystemFileHandle, nowMs);
    if (!name.endsWith('.json')) continue;
    const note = await readNote(handle as FileSystemFileHandle);
    if (note === undefined || nowMs - note.keptAtMs > MAX_KEPT_MS) await forgetKept(name.slice(0, -'.json'.length));
    else if (note.tenantId === tenantId) kept.push(note);
  }
  return kept.sort((a, b) => b.keptAtMs - a.keptAtMs);
}

/** A tab that was closed while it hashed leaves a file without a note. */
async function forgetOld(
  folder: FileSystemDirectoryHandle,
  handle: FileSystemFileHandle,
  nowMs: number,
): Promise<void> {
  const file = await handle.getFile().catch(() => undefined); // another tab may be writing it
  if (file !== undefined && nowMs - file.lastModified > MAX_KEPT_MS)
    await folder.removeEntry(handle.name).catch(() => {});
}

/** The note as it was written last; undefined when there is none to go on with. */
export async function findKept(keptAs: string): Promise<KeptUpload | undefined> {
  const handle = await (await keptFolder()).getFileHandle(noteName(keptAs)).catch(() => undefined);
  return handle === undefined ? undefined : readNote(handle);
}

async function readNote(handle: FileSystemFileHandle): Promise<KeptUpload | undefined> {
  try {
    const note = JSON.parse(await (await handle.getFile()).text()) as KeptUpload;
    const hashed = await openKept(hashedName(note.keptAs));
    return note.version === 1 && hashed.size === note.bytes ? note : undefined;
  } catch {
    return undefined; // half written, or without its file: nothing to go on with
  }
}

/** The list of rejects is still shown after the upload; it goes when it is old. */
export async function forgetKept(keptAs: string, options: { exceptRejects?: boolean } = {}): Promise<void> {
  const folder = await keptFolder();
  for (const name of [noteName(keptAs), hashedName(keptAs), ...(options.exceptRejects ? [] : [rejectsName(keptAs)])]) {
    await folder.removeEntry(name).catch(() => {}); // it may not be there
  }
}
