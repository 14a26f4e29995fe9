// The witness over HTTP (c2sp.org/tlog-witness): `add-checkpoint`, the newest checkpoint of a log for monitors, and `add-rollback`.
// Reading the state, deciding and storing is one step for each witness, or two requests could take the log back.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AuditError } from '../../audit/audit-error.ts';
import type { NoteSigner } from '../../audit/note-key.ts';
import { claimedOrigin, considerCheckpoint, type WitnessVerdict } from '../../audit/witness.ts';
import { parseAddCheckpoint, SIZE_MEDIA_TYPE } from '../../audit/witness-request.ts';
import type { Clock } from '../clock.ts';
import { MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import type { WitnessStore } from './witness-store.ts';

export interface WitnessOptions {
  readonly store: WitnessStore;
  readonly signer: NoteSigner;
  readonly clock: Clock;
  /** A line for the witness's operator: what was cosigned, refused or rolled back. */
  readonly tell: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export function makeWitnessServer(options: WitnessOptions): Server {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<Answer>): Promise<Answer> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const server = createServer((request, response) => {
    answerOf(options, request, inTurn)
      .catch((error: unknown): Answer => {
        options.tell(`fault: ${error instanceof Error ? error.message : 'unknown'}`);
        return { status: 500, body: 'The witness could not store or sign.\n' };
      })
      .then((answer) => send(response, answer));
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

async function answerOf(
  options: WitnessOptions,
  request: IncomingMessage,
  inTurn: (work: () => Promise<Answer>) => Promise<Answer>,
): Promise<Answer> {
  const path = request.url ?? '';
  if (request.method === 'GET') return noteAnswer(options, path);
  if (request.method !== 'POST') return { status: 405, body: 'GET or POST.\n' };
  if (path !== '/add-checkpoint' && path !== '/add-rollback') return { status: 404, body: 'No such path.\n' };
  const body = await readBody(request);
  if (body === undefined) return { status: 413, body: `At most ${MAX_BODY_BYTES} bytes of UTF-8.\n` };
  return inTurn(() => (path === '/add-checkpoint' ? addCheckpoint(options, body) : addRollback(options, body)));
}

function noteAnswer({ store }: WitnessOptions, path: string): Answer {
  const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
  const note = hash === undefined ? undefined : store.findNote(hash);
  return note === undefined
    ? { status: 404, body: 'Nothing cosigned under this hash.\n' }
    : { status: 200, body: note };
}

async function addCheckpoint(options: WitnessOptions, body: string): Promise<Answer> {
  const { store, signer, clock, tell } = options;
  try {
    const request = parseAddCheckpoint(body);
    const origin = claimedOrigin(request.checkpoint);
    const state = { logKeys: store.keysOf(origin), latest: store.latestOf(origin) };
    const timestampSeconds = BigInt(Math.floor(clock.now().getTime() / 1000));
    const verdict = await considerCheckpoint(request, state, { ...signer, timestampSeconds });
    if (verdict.status === 200) await store.saveCheckpoint(origin, verdict.stored);
    tell(`${origin}: ${told(verdict)}`);
    if (verdict.status === 200) return { status: 200, body: verdict.cosignature };
    if (verdict.status === 409) return { status: 409, body: `${verdict.size}\n`, type: SIZE_MEDIA_TYPE };
    return { status: verdict.status, body: `${verdict.reason}\n` };
  } catch (error) {
    if (error instanceof AuditError) return { status: 400, body: `${error.message}\n` };
    throw error;
  }
}

/** Beyond the protocol of C2SP, where a log that lost its newest entries could never be cosigned again. */
async function addRollback({ store, tell }: WitnessOptions, body: string): Promise<Answer> {
  try {
    const { previousOrigin, origin, lost } = await store.saveRollback(body);
    const size = lost === undefined ? 'nothing that was cosigned' : `a tree of ${lost.size} entries`;
    tell(`ROLLBACK: ${previousOrigin} is closed and goes on as ${origin}; ${size} was lost`);
    return { status: 200, body: `${origin}\n` };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    tell(`a rollback was refused: ${error.message}`);
    return { status: 422, body: `${error.message}\n` };
  }
}

function told(verdict: WitnessVerdict): string {
  if (verdict.status === 200) return `cosigned ${verdict.checkpoint.size} entries`;
  if (verdict.status === 409) return `refused (409): ${verdict.size} entries were cosigned last`;
  return `refused (${verdict.status}): ${verdict.reason}`;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
