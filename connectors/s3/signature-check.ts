// The store's side of AWS Signature Version 4 in the Authorization header, written from the specification and apart from the
// client's code. docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The S3 error code that a strict store would answer with, or undefined where the signature holds. */
export function signatureFault(request: SignedRequest, key: StoreKey, nowMs: number): string | undefined {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (given === null) return 'AccessDenied';
  const [, accessKeyId = '', day = '', region = '', signedNames = '', signature = ''] = given;
  if (accessKeyId !== key.accessKeyId) return 'InvalidAccessKeyId';
  const instant = request.headers['x-amz-date'] ?? '';
  if (!instant.startsWith(day) || Math.abs(instantMs(instant) - nowMs) > 900_000) return 'RequestTimeTooSkewed';
  const digest = request.headers['x-amz-content-sha256'] ?? '';
  if (digest !== sha256(request.body)) return 'XAmzContentSHA256Mismatch';
  // Whatever steers the store has to be signed, else somebody on the way could change it.
  const signed = signedNames.split(';');
  const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name));
  if (!signed.includes('host') || unsigned.length > 0) return 'AccessDenied';
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', instant, scope, sha256(canonical(request, signed, digest))].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${key.secretAccessKey}`),
  );
  return timingSafeEqual(hmac(signingKey, text), Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch';
}

function canonical({ method, target, headers }: SignedRequest, signed: readonly string[], digest: string): string {
  const [path = '/', query = ''] = target.split('?');
  const pairs = query.split('&').filter((pair) => pair !== '');
  const canonicalQuery = pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
  const lines = signed.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`);
  return [method, path, canonicalQuery, lines.join(''), signed.join(';'), digest].join('\n');
}

/** `20130524T000000Z`; NaN for anything else, which is never near to now. */
function instantMs(text: string): number {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  return parts === null
    ? Number.POSITIVE_INFINITY
    : Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
