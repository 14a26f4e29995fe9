// An operator of UID2 or EUID as a server of ours: envelopes, their age and size, opt-outs, rotation of ids.
import { createHmac, randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer, type SandboxServer, startSandboxServer } from '../kit/sandbox-server.ts';
import { openRequest, sealAnswer } from './envelope.ts';
import { MAX_ENVELOPE_AGE_MS, MAX_IDENTITIES_PER_REQUEST } from './limits.ts';

export const SANDBOX_API_KEY = 'UID2-C-L-1-sandbox';
export const SANDBOX_SECRET = Buffer.alloc(32, 7).toString('base64');

const MAX_REQUEST_BYTES = 1_048_576;
const ROTATION_MS = 365 * 86_400_000;

export interface OperatorSandbox extends SandboxServer {
  /** Persons, by the digest of their address or number, who want to be left alone. */
  readonly optedOut: Set<string>;
  /** From now on other ids stand for the same persons. */
  rotate(): void;
  idOf(digest: string): string;
}

export async function startOperatorSandbox(options: { port?: number; clock?: Clock } = {}): Promise<OperatorSandbox> {
  const operator = new Operator(options.clock ?? systemClock);
  const server = await startSandboxServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    operationOf: (method, { pathname }) => (method === 'POST' ? (OPERATIONS[pathname] ?? 'unknown') : 'unknown'),
    answer: ({ operation, headers, body }) => operator.answer(operation, headers.authorization, body),
    received: () => operator.record(),
  });
  return {
    ...server,
    optedOut: operator.optedOut,
    rotate: () => operator.rotate(),
    idOf: (digest) => operator.idOf(digest),
  };
}

const OPERATIONS: Readonly<Record<string, string>> = { '/v3/identity/map': 'map', '/v2/optout/status': 'opt-out' };

class Operator {
  readonly optedOut = new Set<string>();
  readonly #clock: Clock;
  readonly #digests = new Map<string, string>();
  #epoch = 0;
  #mapped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  answer(operation: string, authorization: string | undefined, body: Buffer): SandboxAnswer {
    if (operation === 'unknown') return jsonAnswer(404, { status: 'client_error' });
    if (authorization !== `Bearer ${SANDBOX_API_KEY}`) return jsonAnswer(401, { status: 'unauthorized' });
    const secret = Buffer.from(SANDBOX_SECRET, 'base64');
    const request = body.length > MAX_REQUEST_BYTES ? undefined : openRequest(body.toString('latin1'), secret);
    const nowMs = this.#clock.now();
    if (request === undefined || Math.abs(nowMs - request.atMs) > MAX_ENVELOPE_AGE_MS)
      return jsonAnswer(400, { status: 'client_error', message: 'the envelope cannot be opened or is stale' });
    const content = operation === 'map' ? this.#map(request.content) : this.#listOptOuts(request.content);
    if (content === undefined) return jsonAnswer(400, { status: 'client_error', message: 'the request is malformed' });
    const sealing = {
      secret,
      nowMs,
      nonce: request.nonce,
      iv: randomBytes(12),
      content: { body: content, status: 'success' },
    };
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: sealAnswer(sealing) };
  }

  rotate(): void {
    this.#epoch++;
  }

  idOf(digest: string, epoch = this.#epoch): string {
    const id = createHmac('sha256', `salt ${epoch}`).update(digest).digest('base64');
    this.#digests.set(id, digest);
    return id;
  }

  record(): unknown {
    return { mapped: this.#mapped, opted_out: this.optedOut.size, epoch: this.#epoch };
  }

  /** All four keys are in the answer, asked for or not. */
  #map(content: unknown): Record<string, unknown[]> | undefined {
    const asked = (content ?? {}) as Record<string, unknown>;
    const lists = ['email', 'email_hash', 'phone', 'phone_hash'].map((name) => [name, asked[name] ?? []] as const);
    if (lists.some(([, list]) => !Array.isArray(list))) return undefined;
    const arrays = lists as [string, unknown[]][];
    if (arrays.reduce((sum, [, list]) => sum + list.length, 0) > MAX_IDENTITIES_PER_REQUEST) return undefined;
    return Object.fromEntries(arrays.map(([name, list]) => [name, list.map((one) => this.#identity(name, one))]));
  }

  #identity(name: string, given: unknown): object {
    this.#mapped++;
    const isDigest = typeof given === 'string' && /^([A-Za-z0-9+/]{43}=|[0-9a-f]{64})$/.test(given);
    if (!name.endsWith('_hash') || !isDigest) return { e: 'invalid identifier' };
    if (this.optedOut.has(given)) return { e: 'optout' };
    const former = this.#epoch === 0 ? null : this.idOf(given, this.#epoch - 1);
    return { u: this.idOf(given), p: former, r: Math.floor((this.#clock.now() + ROTATION_MS) / 1_000) };
  }

  #listOptOuts(content: unknown): object | undefined {
    const { advertising_ids: ids } = (content ?? {}) as { advertising_ids?: unknown };
    if (!Array.isArray(ids) || ids.length > MAX_IDENTITIES_PER_REQUEST) return undefined;
    const out = ids.filter((id: string) => this.optedOut.has(this.#digests.get(id) ?? ''));
    return { opted_out: out.map((id: string) => ({ advertising_id: id, opted_out_since: this.#clock.now() })) };
  }
}
