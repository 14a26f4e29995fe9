// tus 1.0 at /v1/uploads, behind the same keys, policies and tenant isolation as the contract's operations.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Locker, MemoryLocker, Server, type Upload } from '@tus/server';
import type { RequestHandler, Response } from 'express';
import { getDataset } from '../datasets/dataset-store.ts';
import { type ErrorCode, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { authorise } from '../http/access.ts';
import { callerOf } from '../http/authenticate.ts';
import type { Caller } from '../http/caller.ts';
import { asCaller } from '../http/caller-scope.ts';
import { problemOf, serviceErrorOf } from '../http/problem.ts';
import { requestIdOf, setCaller } from '../http/request-context.ts';
import { isId, newId } from '../ids.ts';
import { MAX_FILENAME_CHARACTERS } from './limits.ts';
import { receivePart } from './receive-part.ts';
import { SealedUploadStore } from './sealed-upload-store.ts';
import { getUpload } from './upload-store.ts';

export const UPLOADS_PATH = '/v1/uploads';
const TUS_VERSION = '1.0.0';

interface Exchange {
  readonly caller: Caller;
  readonly requestId: string;
  readonly response: Response;
}

export function uploadProtocol(ground: Ground): RequestHandler {
  const exchanges = new AsyncLocalStorage<Exchange>();
  const current = () => {
    const exchange = exchanges.getStore();
    if (exchange === undefined) throw new ServiceError('unauthenticated');
    return exchange;
  };
  const store = new SealedUploadStore({ ground, caller: () => current().caller });
  const locker = new MemoryLocker();
  const tus = tusServer(ground, { current, store, locker });
  return async (request, response, next) => {
    // Reading an upload's row is an operation of the contract.
    if (request.method === 'GET') return next();
    const caller = await callerOf(request, ground);
    setCaller(request, caller);
    if (request.method !== 'OPTIONS' && request.get('Tus-Resumable') !== TUS_VERSION) {
      throw new ServiceError('request_invalid', { detail: `Uploads speak tus: send Tus-Resumable: ${TUS_VERSION}.` });
    }
    const id = request.path.slice(1);
    const resource = { type: 'upload', tenantId: caller.tenantId, ...(id === '' ? {} : { id }) };
    await authorise(ground, { caller, permission: 'upload:write', resource });
    await asCaller(caller, async () => {
      const row = id === '' ? undefined : await getUpload(ground.db, id, caller.tenantId ?? '');
      await exchanges.run({ caller, requestId: requestIdOf(request), response }, async () => {
        if (request.method === 'PATCH' && row !== undefined) {
          response.set('Tus-Resumable', TUS_VERSION);
          return receivePart({ store, locker }, request, { row, response }).catch((error: unknown) => {
            // Nobody reads the rest of a part that was refused.
            response.set('Connection', 'close');
            throw error instanceof Error ? error : tusFailure(error as TusFailure);
          });
        }
        // The mount cut its path off; tus looks at the whole.
        request.url = request.originalUrl;
        return tus.handle(request, response);
      });
    });
  };
}

interface TusParts {
  readonly current: () => Exchange;
  readonly store: SealedUploadStore;
  readonly locker: Locker;
}

function tusServer(ground: Ground, { current, store, locker }: TusParts): Server {
  return new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    maxSize: ground.config.uploadMaxBytes,
    allowedOrigins: [],
    datastore: store,
    locker,
    namingFunction: () => newId('upl'),
    onUploadCreate: (_request, upload) => checkUpload(ground, upload, current().caller),
    onResponseError: (_request, error) => {
      const { requestId, response } = current();
      const problem = problemOf(error instanceof Error ? serviceErrorOf(error) : tusFailure(error), requestId);
      // tus can be told a body but no media type; it sends no head of its own once there is one.
      response.status(problem.status).type('application/problem+json').set('Tus-Resumable', TUS_VERSION).flushHeaders();
      return { status_code: problem.status, body: JSON.stringify(problem) };
    },
  });
}

const TUS_FAILURES: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  409: 'conflict',
  410: 'upload_gone',
  413: 'body_too_large',
  500: 'internal',
};

/** What the library throws is no Error. */
interface TusFailure {
  readonly status_code: number;
  readonly body: string;
}

function tusFailure({ status_code, body }: TusFailure): ServiceError {
  return new ServiceError(TUS_FAILURES[status_code] ?? 'request_invalid', { detail: body.trim() });
}

async function checkUpload(ground: Ground, upload: Upload, caller: Caller): Promise<Record<never, never>> {
  const { filename, sha256, dataset_id } = upload.metadata ?? {};
  const errors = [];
  if (!filename || filename.length > MAX_FILENAME_CHARACTERS || /\p{Cc}|\//u.test(filename)) {
    errors.push({ pointer: 'Upload-Metadata filename', message: 'a file name without folders is needed' });
  }
  if (!sha256 || !/^[0-9a-f]{64}$/.test(sha256)) {
    errors.push({ pointer: 'Upload-Metadata sha256', message: 'SHA-256 of the whole file, 64 lower-case hex digits' });
  }
  if (dataset_id != null && !isId(dataset_id, 'dts')) {
    errors.push({ pointer: 'Upload-Metadata dataset_id', message: 'not the id of a dataset' });
  }
  if (errors.length > 0)
    throw new ServiceError('request_invalid', { detail: 'Upload-Metadata is not complete.', errors });
  if (dataset_id != null) await getDataset(ground.db, dataset_id, caller.tenantId ?? '');
  return {};
}
