// A store that is compatible with S3, with one bucket: it checks every signature and digest, assembles parts, and reads what
// was put there as a platform that fetches would.
import { createHash } from 'node:crypto';
import { readMembers } from '../file-drop/drop-reader.ts';
import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../kit/sandbox-server.ts';
import { SandboxObjects, StoreRefusal } from './sandbox-objects.ts';
import { signatureFault } from './signature-check.ts';

export const SANDBOX_BUCKET = 'sandbox-bucket';
export const SANDBOX_KEYS = { access_key_id: 'SANDBOXKEY', secret_access_key: 'sandbox/secret+key' };

export interface S3SandboxOptions {
  readonly port?: number;
  /** As a bucket policy would: objects without encryption are refused. */
  readonly encryptionRequired?: boolean;
  readonly bucket?: string;
  /** Called before the bucket is listed: what a platform does with its files meanwhile. */
  beforeList?(store: SandboxObjects): void | Promise<void>;
}
export interface S3Sandbox extends SandboxServer {
  readonly store: SandboxObjects;
  /** Whom the complete deliveries below a prefix leave in the audience, sorted. */
  members(prefix: string): Promise<string[]>;
}

export async function startS3Sandbox(options: S3SandboxOptions = {}): Promise<S3Sandbox> {
  const store = new SandboxObjects();
  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf,
    answer: (request) => answerTo(request, store, options),
    received: () => received(store),
  });
  return {
    ...server,
    store,
    members: (prefix) =>
      readMembers({
        names: namesBelow(store, prefix),
        read: async (name) => store.objects.get(`${prefix}/${name}`)?.bytes ?? Buffer.alloc(0),
      }),
  };
}

function operationOf(method: string, url: URL): string {
  const inParts = url.searchParams.has('uploadId') || url.searchParams.has('uploads');
  if (url.searchParams.has('list-type')) return 'list';
  return `${method.toLowerCase()}${inParts ? '-part' : ''}`;
}

async function answerTo(
  request: SandboxRequest,
  store: SandboxObjects,
  options: S3SandboxOptions,
): Promise<SandboxAnswer> {
  try {
    const { method, headers, body, url } = request;
    const target = url.pathname + url.search;
    const key = { accessKeyId: SANDBOX_KEYS.access_key_id, secretAccessKey: SANDBOX_KEYS.secret_access_key };
    const fault = signatureFault({ method, target, headers, body }, key, Date.now());
    if (fault !== undefined) throw new StoreRefusal(fault.startsWith('XAmz') ? 400 : 403, fault);
    const [, bucket, name = ''] = /^\/([^/]+)(?:\/(.*))?$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (bucket !== (options.bucket ?? SANDBOX_BUCKET)) throw new StoreRefusal(404, 'NoSuchBucket');
    const begins = method === 'PUT' ? !url.searchParams.has('uploadId') : url.searchParams.has('uploads');
    if (options.encryptionRequired && begins && headers['x-amz-server-side-encryption'] === undefined)
      throw new StoreRefusal(403, 'AccessDenied');
    if (name !== '') return objectAnswer(request, name, store);
    if (url.searchParams.get('list-type') === '2') {
      await options.beforeList?.(store);
      return listAnswer(store, url.searchParams);
    }
    return bucketAnswer(method);
  } catch (error) {
    if (error instanceof StoreRefusal) return refusalAnswer(error.status, error.code);
    throw error;
  }
}

function bucketAnswer(method: string): SandboxAnswer {
  if (method !== 'HEAD') throw new StoreRefusal(405, 'MethodNotAllowed');
  return { status: 200, headers: { 'x-amz-bucket-region': 'eu-west-3' } };
}

function listAnswer(store: SandboxObjects, query: URLSearchParams): SandboxAnswer {
  const keys = [...store.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
  const shown = keys.slice(0, Number(query.get('max-keys') ?? 1_000));
  const contents = shown.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return xml(`<ListBucketResult><KeyCount>${shown.length}</KeyCount>${contents}</ListBucketResult>`);
}

function objectAnswer(request: SandboxRequest, name: string, store: SandboxObjects): SandboxAnswer {
  const { method, url } = request;
  const upload = url.searchParams.get('uploadId');
  if (method === 'PUT' && upload === null) return { status: 200, headers: { etag: store.put(name, request) } };
  if (method === 'PUT' && upload !== null) {
    const etag = store.putPart(upload, Number(url.searchParams.get('partNumber')), request);
    return { status: 200, headers: { etag } };
  }
  if (method === 'POST' && url.searchParams.has('uploads'))
    return xml(
      `<InitiateMultipartUploadResult><UploadId>${store.open(name, request)}</UploadId></InitiateMultipartUploadResult>`,
    );
  if (method === 'POST' && upload !== null) {
    const etag = store.complete(upload, request.body.toString('utf8'));
    return xml(`<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`);
  }
  if (method === 'DELETE' && upload !== null) {
    store.abort(upload);
    return { status: 204 };
  }
  if (method !== 'GET' && method !== 'HEAD') throw new StoreRefusal(405, 'MethodNotAllowed');
  const object = store.objects.get(name);
  if (object === undefined) throw new StoreRefusal(404, 'NoSuchKey');
  const headers = { 'content-length': String(object.bytes.length), 'content-type': 'application/octet-stream' };
  return { status: 200, headers, ...(method === 'GET' ? { body: object.bytes.toString('utf8') } : {}) };
}

export const refusalAnswer = (status: number, code: string): SandboxAnswer =>
  xml(`<Error><Code>${code}</Code><Message>refused</Message></Error>`, status);

const xml = (body: string, status = 200): SandboxAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const namesBelow = (store: SandboxObjects, prefix: string): string[] =>
  [...store.objects.keys()].filter((key) => key.startsWith(`${prefix}/`)).map((key) => key.slice(prefix.length + 1));

function received(store: SandboxObjects): unknown {
  const objects = [...store.objects].map(([key, { bytes, encryption }]) => ({
    key,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    encryption: encryption ?? null,
  }));
  return { bucket: SANDBOX_BUCKET, open_uploads: store.openUploads, objects };
}
