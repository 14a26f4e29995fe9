// Requests that change something and are proven by a cookie must come from a page of this service: browsers say where they come from.
import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';

/** Who reads only cannot forge anything. RFC 9110, section 9.2.1. */
export function isSafe({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Throws `csrf_refused`. A client that says nothing of where it comes from is no browser, and no page can send in its name. */
export function assertSameOrigin(request: IncomingMessage, publicUrl: string): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refusal();
  if (origin !== undefined && hostOf(origin) !== host && origin !== URL.parse(publicUrl)?.origin) throw refusal();
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

function refusal(): ServiceError {
  return new ServiceError('csrf_refused', { detail: 'A page of another site sent this.' });
}
