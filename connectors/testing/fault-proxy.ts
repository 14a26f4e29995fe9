// A network that fails, between a destination and a sandbox: it resets before and after the platform has done its work, stalls, cuts
// answers short, asks the platform twice, answers twice and answers 5xx. Seeded, so that a failure can be played again.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export const PROXY_FAULTS = [
  'reset-before',
  'reset-after',
  'stall-before',
  'stall-after',
  'cut-short',
  'ask-twice',
  'answer-twice',
  'refuse-before',
  'refuse-after',
] as const;
export type ProxyFault = (typeof PROXY_FAULTS)[number];

export interface FaultProxy {
  readonly url: string;
  /** How often each fault was played. */
  readonly played: Readonly<Record<ProxyFault, number>>;
  /** Off, everything passes. */
  isOn: boolean;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** The sandbox: every path of it, at this origin. */
  readonly target: string;
  /** In [0, 1). */
  readonly random: () => number;
  /** The share of requests that meet a fault. */
  readonly share: number;
  /** A stall ends by a reset after so long. */
  readonly stallMs: number;
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const played = Object.fromEntries(PROXY_FAULTS.map((fault) => [fault, 0])) as Record<ProxyFault, number>;
  const state = { isOn: true };
  const server = createServer((incoming, outgoing) => {
    const fault = state.isOn && options.random() < options.share ? pick(options.random) : undefined;
    if (fault !== undefined) played[fault]++;
    pass({ incoming, outgoing, fault, options }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    played,
    get isOn() {
      return state.isOn;
    },
    set isOn(on) {
      state.isOn = on;
    },
    close: () => closed(server),
  };
}

/** A generator of numbers in [0, 1) that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = (random: () => number): ProxyFault => PROXY_FAULTS[Math.floor(random() * PROXY_FAULTS.length)]!;

interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly fault: ProxyFault | undefined;
  readonly options: FaultProxyOptions;
}

async function pass({ incoming, outgoing, fault, options }: Passing): Promise<void> {
  if (fault === 'reset-before') return void incoming.socket.destroy();
  const body = await bytesOf(incoming);
  if (fault === 'stall-before') return stall(incoming, options);
  if (fault === 'refuse-before') return refuse(outgoing, options);
  const answer = await forward(incoming, body, options);
  if (fault === 'reset-after') return void incoming.socket.destroy();
  if (fault === 'stall-after') return stall(incoming, options);
  if (fault === 'refuse-after') return refuse(outgoing, options);
  if (fault === 'cut-short') {
    outgoing.writeHead(answer.status, { ...ownHeaders(answer), 'content-length': answer.body.length + 100 });
    outgoing.write(answer.body.subarray(0, answer.body.length >> 1), () => incoming.socket.destroy());
    return;
  }
  // The same request reaches the platform again, as a network that repeats it does; the second answer is told.
  const told = fault === 'ask-twice' ? await forward(incoming, body, options) : answer;
  // The answer to a HEAD names the length of a body that does not follow.
  const length = incoming.method === 'HEAD' ? told.headers['content-length'] : told.body.length;
  outgoing.writeHead(told.status, {
    ...ownHeaders(told),
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  outgoing.end(incoming.method === 'HEAD' ? undefined : told.body, () => {
    if (fault === 'answer-twice') incoming.socket.write(rawAnswer(told));
  });
}

async function stall({ socket }: IncomingMessage, { stallMs }: FaultProxyOptions): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, stallMs));
  socket.destroy();
}

function refuse(outgoing: ServerResponse, { random }: FaultProxyOptions): void {
  outgoing.writeHead([500, 502, 503, 504][Math.floor(random() * 4)]!, { 'content-type': 'text/html' });
  outgoing.end('<html>the gateway has a fault</html>');
}

/** A whole second answer that nobody asked for, on a connection that is kept open. */
function rawAnswer({ status, body }: Forwarded): Buffer {
  const head = `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function ownHeaders({ headers }: Forwarded): Record<string, string | string[]> {
  const own = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return Object.fromEntries(own.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function forward(incoming: IncomingMessage, body: Buffer, { target }: FaultProxyOptions): Promise<Forwarded> {
  const { method = 'GET', headers, url = '/' } = incoming;
  return new Promise((resolve, reject) => {
    const asked = request(new URL(url, target), { method, headers, agent: false }, (answer) => {
      bytesOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
