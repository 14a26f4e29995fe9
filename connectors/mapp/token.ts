// Tokens of Mapp Connect: a JWT (RFC 7519, HS256) of ten minutes that holds a digest of the very request it stands for.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TOKEN_LIFE_MS } from './limits.ts';

export interface SignedRequest {
  /** From the host on; what stands before `/api/v` belongs to a proxy and is not signed. */
  readonly path: string;
  readonly body?: Uint8Array;
  /** Without its question mark. */
  readonly query?: string;
}

/** SHA-1 in hex over `path|body|query`, of parts that are not empty; of the body the very bytes sent, all of them. */
export function requestHash({ path, body, query }: SignedRequest): string {
  const hash = createHash('sha1').update(path.replace(/^.*(?=\/api\/v)/, ''));
  if (body !== undefined && body.length > 0) hash.update('|').update(body);
  if (query !== undefined && query !== '') hash.update('|').update(query);
  return hash.digest('hex');
}

export function requestToken(request: SignedRequest, { secret, nowMs }: { secret: string; nowMs: number }): string {
  const claims = { 'request-hash': requestHash(request), exp: nowMs + TOKEN_LIFE_MS };
  const signed = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
  return `${signed}.${signature(signed, secret)}`;
}

/** The algorithm is not the sender's to choose: anything but HS256 is refused. */
export function isRequestToken(
  token: string,
  request: SignedRequest,
  { secret, nowMs }: { secret: string; nowMs: number },
): boolean {
  const [header = '', claims = '', given = '', ...rest] = token.split('.');
  const due = Buffer.from(signature(`${header}.${claims}`, secret));
  const isSigned = given.length === due.length && timingSafeEqual(Buffer.from(given), due);
  if (!isSigned || rest.length > 0 || decoded(header).alg !== 'HS256') return false;
  const { exp, 'request-hash': hash } = decoded(claims);
  return hash === requestHash(request) && typeof exp === 'number' && exp > nowMs && exp <= nowMs + 2 * TOKEN_LIFE_MS;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signature = (text: string, secret: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
