// The service's side of an upload for tests: tus 1.0 creation and parts in memory, loads and jobs by the contract, and faults on demand.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const UPLOAD = 'upl_01hzzzzzzzzzzzzzzzzzzzzzzz';
export const DATASET = 'dts_01hzzzzzzzzzzzzzzzzzzzzzzz';
export const API_KEY = 'ecl_test_key';

export interface TestService {
  readonly url: string;
  /** What arrived: metadata, bytes, how many uploads were begun, loads asked for. */
  readonly seen: {
    metadata: Record<string, string>;
    received: Buffer;
    begun: number;
    loads: { body: Record<string, unknown>; key: string }[];
  };
  /** Cuts the connection once after so many bytes. */
  cutAfterBytes?: number;
  /** Answers every request with this status. */
  refuseWith?: number;
  /** Status of the load and its job. */
  loadStatus: 'succeeded' | 'partially_succeeded' | 'failed';
  onPart?: () => void;
  close(): Promise<void>;
}

interface State {
  readonly service: TestService;
  sizeBytes: number;
}

export async function startTestService(): Promise<TestService> {
  const seen: TestService['seen'] = { metadata: {}, received: Buffer.alloc(0), begun: 0, loads: [] };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service: TestService = {
    ...{ url, seen, loadStatus: 'succeeded' },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const state: State = { service, sizeBytes: 0 };
  server.on('request', (request, response) => void answer(state, request, response).catch(() => response.destroy()));
  return service;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { service } = state;
  if (service.refuseWith !== undefined || request.headers.authorization !== `Bearer ${API_KEY}`) {
    return json(response, service.refuseWith ?? 401, {
      type: 'about:blank',
      title: 'no',
      code: 'refused',
      status: 0,
      request_id: 'r',
    });
  }
  response.setHeader('Tus-Resumable', '1.0.0');
  if (request.method === 'POST' && request.url === '/v1/uploads') return begin(state, request, response);
  if (request.method === 'HEAD') return head(state, response);
  if (request.method === 'PATCH') return part(service, request, response);
  if (request.method === 'POST') return load(service, request, response);
  if (request.url?.startsWith('/v1/jobs/')) return json(response, 200, jobOf(service));
  return json(response, 200, loadOf(service));
}

function begin(state: State, request: IncomingMessage, response: ServerResponse): void {
  const { seen, url } = state.service;
  state.sizeBytes = Number(request.headers['upload-length']);
  seen.begun += 1;
  seen.received = Buffer.alloc(0);
  const pairs = String(request.headers['upload-metadata'])
    .split(',')
    .map((pair) => pair.split(' '));
  seen.metadata = Object.fromEntries(pairs.map(([key, value]) => [key, Buffer.from(value ?? '', 'base64').toString()]));
  response.writeHead(201, { Location: `${url}/v1/uploads/${UPLOAD}` }).end();
}

function head({ service, sizeBytes }: State, response: ServerResponse): void {
  response
    .writeHead(200, {
      'Upload-Offset': service.seen.received.length,
      'Upload-Length': sizeBytes,
      'Cache-Control': 'no-store',
    })
    .end();
}

async function part(service: TestService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { seen } = service;
  for await (const bytes of request) {
    seen.received = Buffer.concat([seen.received, bytes as Buffer]);
    service.onPart?.();
    if (service.cutAfterBytes !== undefined && seen.received.length >= service.cutAfterBytes) {
      delete service.cutAfterBytes;
      request.socket.destroy();
      return;
    }
  }
  response.writeHead(204, { 'Upload-Offset': seen.received.length }).end();
}

async function load(service: TestService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { seen } = service;
  let body = '';
  for await (const bytes of request) body += String(bytes);
  seen.loads.push({ body: JSON.parse(body), key: String(request.headers['idempotency-key']) });
  json(response, 202, { ...loadOf(service), status: 'queued' });
}

const jobOf = (service: TestService) => ({
  id: 'job_01hzzzzzzzzzzzzzzzzzzzzzzz',
  status: service.loadStatus,
  progress: { phase: 'done', rows: 3, bytes: 3, total_bytes: 3 },
});
const loadOf = (service: TestService) => ({
  ...{
    id: 'lod_01hzzzzzzzzzzzzzzzzzzzzzzz',
    job_id: jobOf(service).id,
    status: service.loadStatus,
    received: 3,
    accepted: 2,
    persons: 2,
  },
  ...{ rejected: { record_id_duplicate: 1 }, incident: false },
  error:
    service.loadStatus === 'failed'
      ? { code: 'digest_malformed', hint: 'hash it again', row: 7, field: 'email' }
      : null,
});

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
