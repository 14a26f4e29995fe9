// What is remembered of an upload under way, in a small file beside the input: where it goes on and which file it was.
// It holds no key. A state of another file, service or dataset is not used.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';

export interface UploadState {
  readonly version: 1;
  readonly serviceUrl: string;
  readonly datasetId: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly sha256: string;
  /** Unknown until the service has accepted the upload. */
  readonly uploadUrl?: string;
}

export type UploadSubject = Pick<UploadState, 'serviceUrl' | 'datasetId' | 'size' | 'modifiedMs'>;

export function statePath(file: string): string {
  return `${file}.upload.json`;
}

export async function findUploadState(file: string, subject: UploadSubject): Promise<UploadState | undefined> {
  try {
    const state = JSON.parse(await readFile(statePath(file), 'utf8')) as UploadState;
    const same =
      state.version === 1 &&
      /^[0-9a-f]{64}$/.test(state.sha256) &&
      (['serviceUrl', 'datasetId', 'size', 'modifiedMs'] as const).every((key) => state[key] === subject[key]);
    return same && goesToService(state, subject.serviceUrl) ? state : undefined;
  } catch {
    return undefined; // none, or unreadable: the upload begins anew
  }
}

/** The API key goes wherever the state points, so it must point at the service. */
function goesToService({ uploadUrl }: UploadState, serviceUrl: string): boolean {
  return uploadUrl === undefined || new URL(uploadUrl).origin === new URL(serviceUrl).origin;
}

export async function saveUploadState(file: string, state: UploadState): Promise<void> {
  const partial = `${statePath(file)}.partial`;
  await writeFile(partial, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(partial, statePath(file));
}

export async function forgetUploadState(file: string): Promise<void> {
  await rm(statePath(file), { force: true });
}
