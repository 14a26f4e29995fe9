// Uploads one file by tus 1.0, in parts, with the SHA-256 of the whole in its metadata. A cut or Ctrl-C leaves a state from which
// the next run goes on; the service compares the digest before it loads anything.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DetailedError, Upload } from 'tus-js-client';
import { CommandError, interrupted } from '../command-error.ts';
import { errnoOf } from '../hashing/input-file.ts';
import { READ_BYTES, UPLOAD_PART_BYTES, UPLOAD_RETRY_DELAYS_MS, UPLOAD_STALL_MS } from '../limits.ts';
import { partsOf } from './file-parts.ts';
import { refusalOf } from './service-client.ts';
import { findUploadState, forgetUploadState, saveUploadState, type UploadState } from './upload-state.ts';

export interface UploadFileOptions {
  readonly file: string;
  readonly serviceUrl: string;
  readonly datasetId: string;
  readonly apiKey: string;
  readonly restart: boolean;
  readonly signal: AbortSignal;
  readonly partBytes?: number;
  readonly retryDelaysMs?: readonly number[];
  onProgress(progress: { phase: 'checksum' | 'upload'; done: number; total: number }): void;
}

export interface UploadedFile {
  readonly uploadId: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly resumed: boolean;
}

/** The state is kept until forgetUploadState, so that what follows an upload can be repeated without sending it again. */
export async function uploadFile(options: UploadFileOptions): Promise<UploadedFile> {
  const { file, serviceUrl, datasetId } = options;
  const { size, mtimeMs } = await statOf(file);
  const subject = { serviceUrl, datasetId, size, modifiedMs: mtimeMs };
  if (options.restart) await forgetUploadState(file);
  const known = await findUploadState(file, subject);
  const state: UploadState = known ?? { version: 1, ...subject, sha256: await sha256Of(size, options) };
  if (known === undefined) await saveUploadState(file, state);
  const uploadUrl = await send(state, options);
  return {
    uploadId: new URL(uploadUrl, serviceUrl).pathname.split('/').at(-1)!,
    bytes: size,
    sha256: state.sha256,
    resumed: known?.uploadUrl !== undefined,
  };
}

async function statOf(file: string): Promise<{ size: number; mtimeMs: number }> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new CommandError('file_unreadable', `${file} is not a file`);
    if (found.size === 0) throw new CommandError('file_empty', `${file} is empty`);
    return found;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('file_unreadable', `cannot read ${file}`, { cause, hint: errnoOf(cause) });
  }
}

async function sha256Of(total: number, { file, signal, onProgress }: UploadFileOptions): Promise<string> {
  const digest = createHash('sha256');
  let done = 0;
  for await (const bytes of createReadStream(file, { highWaterMark: READ_BYTES * 4 })) {
    if (signal.aborted) throw interrupted();
    digest.update(bytes as Buffer);
    done += (bytes as Buffer).length;
    onProgress({ phase: 'checksum', done, total });
  }
  return digest.digest('hex');
}

function send(state: UploadState, options: UploadFileOptions): Promise<string> {
  const { file, signal, onProgress } = options;
  let resolve: (uploadUrl: string) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<string>((...settle) => {
    [resolve, reject] = settle;
  });
  const partBytes = options.partBytes ?? UPLOAD_PART_BYTES;
  // No byte goes out before the place where the next run goes on is written down.
  let noted: Promise<void> = Promise.resolve();
  const stall = stallWatch(() => stop(new CommandError('network', 'the service stopped answering', RETRY)));
  // The file is read by `fileReader` alone.
  const upload = new Upload(Buffer.alloc(0), {
    fileReader: partsOf(file, state.size),
    endpoint: new URL('/v1/uploads', state.serviceUrl).href,
    ...(state.uploadUrl === undefined ? {} : { uploadUrl: state.uploadUrl }),
    metadata: { filename: basename(file), sha256: state.sha256, dataset_id: state.datasetId },
    headers: { Authorization: `Bearer ${options.apiKey}` },
    chunkSize: partBytes,
    retryDelays: [...(options.retryDelaysMs ?? UPLOAD_RETRY_DELAYS_MS)],
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => {
      noted = saveUploadState(file, { ...state, uploadUrl: upload.url! });
      noted.catch(reject);
    },
    onBeforeRequest: () => noted,
    onProgress: (done) => {
      stall.alive();
      onProgress({ phase: 'upload', done, total: state.size });
    },
    onSuccess: () => resolve(upload.url!),
    onError: (error) => reject(uploadError(error)),
  });
  function stop(reason: CommandError): void {
    void upload.abort().catch(() => {});
    reject(reason);
  }
  const onAbort = (): void => stop(interrupted());
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else {
    stall.alive();
    upload.start();
  }
  return promise.finally(async () => {
    stall.end();
    signal.removeEventListener('abort', onAbort);
    await noted.catch(() => {});
  });
}

function stallWatch(onStall: () => void): { alive(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  const alive = (): void => {
    end();
    timer = setTimeout(onStall, UPLOAD_STALL_MS);
  };
  return { alive, end };
}

const RETRY = { hint: 'run the same command again: it goes on where it stopped' };

function uploadError(error: Error): CommandError {
  if (!(error instanceof DetailedError) || error.originalResponse === null) {
    return new CommandError('network', 'the service could not be reached', { ...RETRY, cause: error });
  }
  return refusalOf(error.originalResponse.getStatus(), error.originalResponse.getBody());
}
