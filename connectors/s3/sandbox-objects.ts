// What the sandbox's bucket holds, and its rules for objects and parts.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SandboxRequest } from '../kit/sandbox-server.ts';

export class StoreRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly encryption: string | undefined;
}

const MIN_PART_BYTES = 5_242_880;
const MAX_PUT_BYTES = 5_368_709_120;

export class SandboxObjects {
  readonly objects = new Map<string, StoredObject>();
  readonly #uploads = new Map<string, { key: string; encryption: string | undefined; parts: Map<number, Buffer> }>();

  put(key: string, request: SandboxRequest): string {
    if (request.body.length > MAX_PUT_BYTES) throw new StoreRefusal(400, 'EntityTooLarge');
    checkSums(request);
    this.objects.set(key, { bytes: request.body, encryption: request.headers['x-amz-server-side-encryption'] });
    return etagOf(request.body);
  }

  open(key: string, request: SandboxRequest): string {
    const id = `upload-${this.#uploads.size + 1}`;
    this.#uploads.set(id, { key, encryption: request.headers['x-amz-server-side-encryption'], parts: new Map() });
    return id;
  }

  putPart(id: string, number: number, request: SandboxRequest): string {
    if (!(number >= 1 && number <= 10_000)) throw new StoreRefusal(400, 'InvalidArgument');
    checkSums(request);
    this.#upload(id).parts.set(number, request.body);
    return etagOf(request.body);
  }

  /** Parts in ascending order, each as its ETag says, all but the last of 5 MiB and more. */
  complete(id: string, body: string): string {
    const { key, encryption, parts } = this.#upload(id);
    const named = [...body.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
      etag: /<ETag>(?:&quot;|")?([0-9a-f]{32})/.exec(part)?.[1],
    }));
    if (named.length === 0) throw new StoreRefusal(400, 'MalformedXML');
    const chosen = named.map(({ number, etag }, index) => {
      const bytes = parts.get(number);
      if (bytes === undefined || etagOf(bytes) !== `"${etag}"`) throw new StoreRefusal(400, 'InvalidPart');
      if (index > 0 && number <= (named[index - 1]?.number ?? 0)) throw new StoreRefusal(400, 'InvalidPartOrder');
      if (index < named.length - 1 && bytes.length < MIN_PART_BYTES) throw new StoreRefusal(400, 'EntityTooSmall');
      return bytes;
    });
    this.#uploads.delete(id);
    const bytes = Buffer.concat(chosen);
    this.objects.set(key, { bytes, encryption });
    return etagOf(bytes);
  }

  abort(id: string): void {
    this.#upload(id);
    this.#uploads.delete(id);
  }

  get openUploads(): number {
    return this.#uploads.size;
  }

  #upload(id: string) {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new StoreRefusal(404, 'NoSuchUpload');
    return upload;
  }
}

function checkSums({ headers, body }: SandboxRequest): void {
  const expected = Buffer.alloc(4);
  expected.writeUInt32BE(crc32(body));
  const sums = {
    'x-amz-checksum-crc32': () => expected.toString('base64'),
    'x-amz-checksum-sha256': () => createHash('sha256').update(body).digest('base64'),
    'content-md5': () => createHash('md5').update(body).digest('base64'),
  };
  for (const [name, sum] of Object.entries(sums))
    if (headers[name] !== undefined && headers[name] !== sum()) throw new StoreRefusal(400, 'BadDigest');
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
