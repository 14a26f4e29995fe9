// The partner's side for programs: hash a file, upload it, verify a receipt, without a terminal in between.
// Each function is the one the command line uses, so both give the same bytes.
import { Readable } from 'node:stream';
import { type DatasetSchema, parseDatasetSchema } from '../identifiers/dataset-schema.ts';
import type { HashSummary } from '../identifiers/hashing/hash-stream.ts';
import { type Output, openAtomicFile } from './hashing/atomic-file.ts';
import { type HashFileOptions, hashFile } from './hashing/hash-file.ts';

export interface HashOptions {
  /** Path of a CSV file, plain, gzip or Zstandard. */
  readonly input: string;
  readonly output: string;
  /** List of row, field and code; left out, the summary alone tells. */
  readonly rejects?: string;
  /** A dataset schema as parsed JSON; checked here. */
  readonly schema: unknown;
  readonly salt: string;
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onProgress?: HashFileOptions['onProgress'];
}

/** Throws SchemaError, and CommandError with a stable code. The output appears whole or not at all. */
export async function hashCustomerFile(options: HashOptions): Promise<HashSummary> {
  const schema: DatasetSchema = parseDatasetSchema(options.schema);
  const outputs: Output[] = [];
  const opened = async (path: string): Promise<Output> => {
    const output = await openAtomicFile(path);
    outputs.push(output);
    return output;
  };
  try {
    const summary = await hashFile({
      input: options.input,
      schema,
      salt: options.salt,
      output: await opened(options.output),
      ...(options.rejects === undefined ? {} : { rejects: await opened(options.rejects) }),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      workerUrl: new URL('./cli.ts', import.meta.url),
      stdin: Readable.from([]),
      signal: options.signal ?? new AbortController().signal,
      onProgress: options.onProgress ?? (() => {}),
    });
    for (const output of outputs) await output.commit();
    return summary;
  } catch (cause) {
    for (const output of outputs) await output.discard();
    throw cause;
  }
}

export { verifyReceipt } from '../audit/verify.ts';
export { uploadFile } from './upload/upload-file.ts';
