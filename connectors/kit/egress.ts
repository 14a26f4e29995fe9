// The one way out to a network: declared hosts only, public addresses only (checked on the address dialled), no redirects,
// bounded answers and times. What a settings page or a platform's answer names is never trusted.

import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP, type Socket } from 'node:net';
import { addressGuard } from './address-guard.ts';
import { PermanentError, RetryableError } from './errors.ts';
import { exchange, faultOf } from './exchange.ts';
import { guardedAgent, guardedConnect } from './guarded-agent.ts';
import { MAX_ANSWER_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';

/** How the operator lets connectors out. */
export interface Network {
  readonly lookup?: LookupFunction;
  /** Addresses or CIDR blocks that may be dialled although they are private, such as `127.0.0.1/32` for a sandbox. */
  readonly allowedAddresses?: readonly string[];
  /** No request takes longer than this, whatever the destination would grant it. */
  readonly maxRequestMs?: number;
}

/** Chunks that are there, or as many bytes as are told of chunks that are made while they are sent. */
export type RequestBody =
  | readonly Uint8Array[]
  | { readonly bytes: number; readonly chunks: () => Iterable<Uint8Array> };

export interface EgressRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly timeoutMs?: number;
  /** How long the socket may be silent: an upload is looked at before it is answered. */
  readonly silenceMs?: number;
  /** Where answers are known to be longer than the kit's bound. */
  readonly maxAnswerBytes?: number;
}
export interface EgressAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
export interface Egress {
  /** Resolves with any status; rejects with a DeliveryError when there is no answer. */
  send(request: EgressRequest): Promise<EgressAnswer>;
  /** A connection for a protocol other than HTTP, which encrypts by itself; rejects with a DeliveryError. */
  connect(to: { readonly host: string; readonly port: number }): Promise<Socket>;
  close(): void;
}

export interface EgressOptions {
  readonly network: Network;
  /** Exact names, or `*.example.net` for any name below it. */
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
}

export function openEgress({ network, hosts, signal }: EgressOptions): Egress {
  const isAllowed = addressGuard(network.allowedAddresses ?? []);
  const lookup = network.lookup ?? (systemLookup as LookupFunction);
  const agent = guardedAgent(isAllowed, lookup);
  return {
    async send(request) {
      const url = URL.parse(request.url);
      if (url === null) throw new PermanentError('host_refused', 'the platform named an address that is not a URL');
      refuseHost(url, hosts);
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0 && !isAllowed(literal)) throw addressRefused();
      // In the clear nothing leaves the machine: only where the operator allowed the very address.
      if (url.protocol === 'http:' && !isClearTextAllowed(literal)) {
        throw new PermanentError('host_refused', 'only https leaves this machine');
      }
      return exchange({
        url,
        request,
        agent: url.protocol === 'https:' ? agent.https : agent.http,
        timeoutMs: Math.min(request.timeoutMs ?? REQUEST_TIMEOUT_MS, network.maxRequestMs ?? Number.POSITIVE_INFINITY),
        maxAnswerBytes: request.maxAnswerBytes ?? MAX_ANSWER_BYTES,
        signal,
      });
    },
    async connect({ host, port }) {
      if (!hosts.some((known) => isUnder(host.toLowerCase(), known.toLowerCase()))) throw hostRefused();
      if (isIP(host) !== 0 && !isAllowed(host)) throw addressRefused();
      const dialling = guardedConnect({ host, port }, { isAllowed, lookup });
      return withinTime(dialling, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw faultOf(error, false);
      });
    },
    close: () => agent.close(),
  };
}

export function addressRefused(): PermanentError {
  return new PermanentError(
    'address_refused',
    'the host is at a private or special address, which the operator has not allowed',
  );
}

function refuseHost(url: URL, hosts: readonly string[]): void {
  const known = hosts.some((host) => isUnder(url.hostname, host.toLowerCase()));
  if (!known || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw hostRefused();
  }
}

const hostRefused = (): PermanentError =>
  new PermanentError('host_refused', 'the platform named a host that this destination does not declare');

/** A socket that comes too late is closed again. */
async function withinTime(dialling: Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  const late = new Promise<never>((_, reject) => {
    over.addEventListener('abort', () => reject(new RetryableError('timeout', 'the platform did not answer in time')));
  });
  return Promise.race([dialling, late]).catch((error: unknown) => {
    dialling.then((socket) => socket.destroy()).catch(() => undefined);
    throw error;
  });
}

function isUnder(hostname: string, host: string): boolean {
  return host.startsWith('*.')
    ? hostname.endsWith(host.slice(1)) && hostname.length > host.length - 1
    : hostname === host;
}

const isClearTextAllowed = (hostname: string): boolean =>
  hostname === 'localhost' || /^127\./.test(hostname) || hostname === '::1';
