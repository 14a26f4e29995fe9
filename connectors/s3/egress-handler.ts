// Carries the requests of the S3 client through the kit's egress, so that hosts, addresses, redirects, sizes and times are
// bounded as for every other destination.
import { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Egress, EgressRequest } from '../kit/egress.ts';
import { REQUEST_TIMEOUT_MS } from './limits.ts';

type RequestHandler = NonNullable<S3ClientConfig['requestHandler']>;

interface StoreRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function egressHandler(egress: Egress): RequestHandler {
  const carry = async (request: StoreRequest) => {
    const answer = await egress.send({
      method: request.method as EgressRequest['method'],
      url: urlOf(request),
      headers: headersOf(request),
      body: bodyOf(request.body),
      timeoutMs: REQUEST_TIMEOUT_MS,
      silenceMs: REQUEST_TIMEOUT_MS,
    });
    return {
      response: { statusCode: answer.status, headers: { ...answer.headers }, body: Readable.from([answer.body]) },
    };
  };
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: carry,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function urlOf({ protocol, hostname, port, path, query }: StoreRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? '')}`),
  );
  const search = pairs.length === 0 ? '' : `?${pairs.sort().join('&')}`;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

/** What the client tells of this machine stays here; neither header is signed. */
function headersOf({ headers }: StoreRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !/^(expect|user-agent)$/i.test(name));
  return { ...Object.fromEntries(kept), 'user-agent': 'ecluse' };
}

/** The client is given whole parts, so no stream arrives here. */
function bodyOf(body: unknown): Uint8Array[] {
  if (body === undefined || body === null) return [];
  if (typeof body === 'string') return [Buffer.from(body)];
  if (body instanceof Uint8Array) return [body];
  throw new TypeError('the S3 client sent a body that is not whole');
}
