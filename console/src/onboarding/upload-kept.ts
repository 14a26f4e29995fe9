// Uploads a hashed file from the browser's own storage by tus, in parts. Where it goes on is noted before the first byte leaves,
// so that a cut, a closed tab or a reload costs no more than the part that was under way.
import { DetailedError, Upload } from 'tus-js-client';
import type { Problem } from '../../../openapi/generated/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { csrfToken } from '../session.ts';
import { hashedName, type KeptUpload, openKept, saveKept } from './kept-files.ts';
import { UPLOAD_PART_BYTES, UPLOAD_RETRY_DELAYS_MS } from './limits.ts';

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** Answers the upload's id once the service has every byte. Throws ApiProblem, and the signal's reason. */
export async function uploadKept(
  kept: KeptUpload,
  options: { signal: AbortSignal; onProgress(progress: UploadProgress): void },
): Promise<string> {
  const file = await openKept(hashedName(kept.keptAs));
  options.signal.throwIfAborted();
  const url = await new Promise<string>((resolve, reject) => {
    let noted: Promise<void> = Promise.resolve();
    const upload = new Upload(file, {
      endpoint: new URL('/v1/uploads', location.origin).href,
      ...(isOfService(kept.uploadUrl) ? { uploadUrl: kept.uploadUrl! } : {}),
      metadata: { filename: kept.filename, sha256: kept.sha256, dataset_id: kept.datasetId },
      chunkSize: UPLOAD_PART_BYTES,
      retryDelays: [...UPLOAD_RETRY_DELAYS_MS],
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        noted = saveKept({ ...kept, uploadUrl: upload.url! });
        noted.catch(reject);
      },
      onBeforeRequest: async (request) => {
        await noted;
        if (csrfToken.value !== undefined) request.setHeader('X-Ecluse-Csrf', csrfToken.value);
      },
      onProgress: (sentBytes) => options.onProgress({ sentBytes, totalBytes: kept.bytes }),
      onSuccess: () => resolve(upload.url!),
      onError: (error) => reject(problemOfUpload(error)),
    });
    options.signal.addEventListener('abort', () => {
      void upload.abort().catch(() => {});
      reject(options.signal.reason);
    });
    upload.start();
  });
  return new URL(url, location.origin).pathname.split('/').at(-1)!;
}

/** The session goes wherever the note points, so it must point at the service. */
function isOfService(uploadUrl: string | undefined): boolean {
  return uploadUrl !== undefined && new URL(uploadUrl, location.origin).origin === location.origin;
}

function problemOfUpload(error: Error): unknown {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (response === null) return new TypeError('the service could not be reached', { cause: error });
  try {
    return new ApiProblem(JSON.parse(response.getBody()) as Problem);
  } catch {
    return new TypeError('the service answered what it should not', { cause: error });
  }
}
