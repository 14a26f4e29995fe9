// The ground that every sandbox stands on: a real HTTP server on loopback that records what came and breaks on command.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from './clock.ts';

export interface SandboxRequest {
  readonly operation: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** By the sandbox's clock. */
  readonly atMs: number;
}
export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `reset-after` does the work and loses the answer; `stall` never answers. */
export interface Fault {
  readonly operation: string;
  readonly kind: 'answer' | 'reset' | 'reset-after' | 'stall';
  readonly answer?: SandboxAnswer;
  /** So many requests of the operation pass first. */
  readonly skip?: number;
  /** So many are met by the fault; 1 unless told. */
  readonly times?: number;
}

export interface SandboxServer {
  readonly url: string;
  /** In the order of arrival, those met by a fault too. */
  readonly requests: readonly SandboxRequest[];
  inject(fault: Fault): void;
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly clock?: Pick<Clock, 'now'>;
  readonly port?: number;
  operationOf(method: string, url: URL): string;
  answer(request: SandboxRequest): SandboxAnswer | Promise<SandboxAnswer>;
  /** Shown as JSON at GET /sandbox/received. */
  received(): unknown | Promise<unknown>;
}

const MAX_BODY_BYTES = 600_000_000;

export async function startSandboxServer(options: SandboxOptions): Promise<SandboxServer> {
  const requests: SandboxRequest[] = [];
  const faults = new FaultQueue();
  const server = createServer((incoming, outgoing) => {
    respond({ incoming, outgoing, options, requests, faults }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    inject: (fault) => faults.add(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly options: SandboxOptions;
  readonly requests: SandboxRequest[];
  readonly faults: FaultQueue;
}

async function respond({ incoming, outgoing, options, requests, faults }: Exchange): Promise<void> {
  const atMs = (options.clock ?? systemClock).now();
  const method = incoming.method ?? '';
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  if (method === 'GET' && url.pathname === '/sandbox/received') {
    return write(outgoing, jsonAnswer(200, await options.received()));
  }
  const operation = options.operationOf(method, url);
  const fault = faults.take(operation);
  if (fault?.kind === 'reset') {
    outgoing.destroy();
    return;
  }
  const body = await readBody(incoming);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const request = { operation, method, url, headers, body, atMs };
  requests.push(request);
  if (fault?.kind === 'stall') return;
  if (fault?.kind === 'answer') return write(outgoing, fault.answer ?? { status: 500 });
  const answer = await options.answer(request);
  if (fault?.kind === 'reset-after') outgoing.destroy();
  else write(outgoing, answer);
}

class FaultQueue {
  readonly #waiting: { fault: Fault; seen: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, seen: 0 });
  }

  /** The first fault due for this operation; it leaves once it has met as many requests as it was told. */
  take(operation: string): Fault | undefined {
    for (const [index, entry] of this.#waiting.entries()) {
      if (entry.fault.operation !== operation) continue;
      const { skip = 0, times = 1 } = entry.fault;
      entry.seen++;
      if (entry.seen <= skip) continue;
      if (entry.seen === skip + times) this.#waiting.splice(index, 1);
      return entry.fault;
    }
    return undefined;
  }
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): SandboxAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function write(outgoing: ServerResponse, answer: SandboxAnswer): void {
  outgoing.writeHead(answer.status, answer.headers ?? {});
  outgoing.end(answer.body ?? '');
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the body is too large for a sandbox');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
