// `upload`: a hashed file to the service, resumed where it stopped, and on request loaded and followed to its end.
import { readFile } from 'node:fs/promises';
import type { SealedFileKey } from '../../identifiers/sealed-id.ts';
import type { Load, LoadMode } from '../../openapi/generated/api.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { errnoOf } from '../hashing/input-file.ts';
import { grouped, megabytes, type Progress, type ProgressStyle, startProgress } from '../progress.ts';
import { apiKeyOf, type ServiceFlags, serviceUrlOf } from '../service-access.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { loadUpload } from '../upload/load-upload.ts';
import { openService } from '../upload/service-client.ts';
import { type UploadedFile, uploadFile } from '../upload/upload-file.ts';
import { forgetUploadState } from '../upload/upload-state.ts';

export interface UploadOptions extends ServiceFlags {
  readonly dataset: string;
  readonly load?: LoadMode;
  readonly sealedKey?: string;
  readonly restart?: boolean;
  readonly progress: ProgressStyle;
}

export async function uploadCommand(file: string, options: UploadOptions, terminal: Terminal): Promise<CommandResult> {
  const serviceUrl = serviceUrlOf(options, terminal);
  if (!/^dts_[0-9a-hjkmnp-tv-z]{26}$/.test(options.dataset)) {
    throw new CommandError('usage', '--dataset is not a dataset id', { hint: 'it begins with dts_' });
  }
  const apiKey = await apiKeyOf(options, terminal);
  const sealedFileKey = options.load === undefined ? undefined : await findSealedFileKey(file, options.sealedKey);
  const progress = startProgress(options.progress, terminal);
  const context = { serviceUrl, apiKey, signal: terminal.signal, datasetId: options.dataset };
  const uploaded = await uploadFile({
    ...context,
    file,
    restart: options.restart ?? false,
    onProgress: ({ phase, done, total }) => progress.show({ done, total, note: phase }),
  });
  const load = options.load && (await loadOnce(file, options.load, sealedFileKey, { ...context, uploaded, progress }));
  progress.end();
  await forgetUploadState(file);
  return report(file, uploaded, load);
}

interface LoadContext {
  readonly serviceUrl: string;
  readonly apiKey: string;
  readonly signal: AbortSignal;
  readonly datasetId: string;
  readonly uploaded: UploadedFile;
  readonly progress: Progress;
}

/** An upload that the service will not load again is forgotten, so that the next run sends the file anew. */
async function loadOnce(
  file: string,
  mode: LoadMode,
  sealedFileKey: string | undefined,
  context: LoadContext,
): Promise<Load> {
  try {
    return await loadUploaded(mode, sealedFileKey, context);
  } catch (cause) {
    const final = cause instanceof CommandError && (cause.code === 'load_failed' || cause.code === 'service_error');
    if (final) await forgetUploadState(file);
    throw cause;
  }
}

function loadUploaded(mode: LoadMode, sealedFileKey: string | undefined, context: LoadContext): Promise<Load> {
  return loadUpload({
    service: openService(context),
    datasetId: context.datasetId,
    uploadId: context.uploaded.uploadId,
    mode,
    ...(sealedFileKey === undefined ? {} : { sealedFileKey }),
    signal: context.signal,
    onProgress: ({ progress: { phase, rows, bytes, total_bytes } }) =>
      context.progress.show({
        done: bytes,
        note: `${phase}, ${grouped(rows)} rows`,
        ...(total_bytes === null ? {} : { total: total_bytes }),
      }),
  });
}

/** `<file>.key.json`, which `hash` writes beside a file with sealed columns. */
async function findSealedFileKey(file: string, given: string | undefined): Promise<string | undefined> {
  const path = given ?? `${file}.key.json`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (given === undefined && errnoOf(cause) === 'ENOENT') return undefined;
    throw new CommandError('file_unreadable', `cannot read ${path}`, { cause, hint: errnoOf(cause) });
  }
  try {
    const { version, sealedFileKey } = JSON.parse(text) as SealedFileKey;
    if (version === 1 && typeof sealedFileKey === 'string') return sealedFileKey;
  } catch {
    // told below
  }
  throw new CommandError('key_invalid', `${path} is not a sealed file key`);
}

function report(file: string, uploaded: UploadedFile, load: Load | undefined): CommandResult {
  const lines = [
    `${file}: ${megabytes(uploaded.bytes)} uploaded as ${uploaded.uploadId}${uploaded.resumed ? ' (resumed)' : ''}`,
  ];
  if (load) {
    const rejected = load.received - load.accepted;
    lines.push(
      `load ${load.id}: ${grouped(load.received)} rows received, ${grouped(load.accepted)} accepted, ${grouped(rejected)} rejected`,
      ...Object.entries(load.rejected).map(([code, rows]) => `  ${grouped(rows)} ${code}`),
      `  ${grouped(load.persons)} persons`,
    );
  }
  return {
    result: { file, ...uploaded, ...(load ? { load } : {}) },
    text: lines.join('\n'),
    exitCode: load?.status === 'partially_succeeded' ? EXIT.someRowsRejected : EXIT.ok,
  };
}
