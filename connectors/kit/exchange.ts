// One HTTP exchange over a given agent: whole body out, bounded answer in, faults told apart by their error class.

import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { EgressAnswer, EgressRequest, RequestBody } from './egress.ts';
import { DeliveryError, PermanentError, RetryableError } from './errors.ts';
import { SILENCE_TIMEOUT_MS } from './limits.ts';

export interface ExchangeOptions {
  readonly url: URL;
  readonly request: EgressRequest;
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

export async function exchange(options: ExchangeOptions): Promise<EgressAnswer> {
  const { url, request, agent, signal } = options;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const { body } = request;
  const bodyBytes = body === undefined ? undefined : bytesIn(body);
  const headers = { ...request.headers, ...(bodyBytes === undefined ? {} : { 'content-length': String(bodyBytes) }) };
  const open = agent instanceof HttpsAgent ? httpsRequest : httpRequest;
  try {
    const outgoing = open(url, { method: request.method, headers, agent, signal: AbortSignal.any([signal, timeout]) });
    outgoing.setTimeout(request.silenceMs ?? SILENCE_TIMEOUT_MS, () =>
      outgoing.destroy(new RetryableError('timeout', 'the platform fell silent')),
    );
    const answered = new Promise<EgressAnswer>((resolve, reject) => {
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => readAnswer(incoming, options.maxAnswerBytes).then(resolve, reject));
    });
    answered.catch(() => undefined);
    if (await isSent(outgoing, body === undefined ? [] : 'chunks' in body ? body.chunks() : body, answered))
      outgoing.end();
    const answer = await answered;
    // An answer before the end of the body, such as 413: the rest has no reader.
    if (!outgoing.writableEnded) outgoing.destroy();
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw faultOf(error, timeout.aborted);
  }
}

const bytesIn = (body: RequestBody): number =>
  'chunks' in body ? body.bytes : body.reduce((sum, chunk) => sum + chunk.byteLength, 0);

/** False when the platform answered, or the connection ended, before the whole body was out. */
async function isSent(
  outgoing: ClientRequest,
  body: Iterable<Uint8Array>,
  answered: Promise<unknown>,
): Promise<boolean> {
  const interrupted = answered.then(
    () => true,
    () => true,
  );
  for (const chunk of body) {
    if (outgoing.destroyed) return false;
    if (outgoing.write(chunk)) continue;
    const drained = new Promise<boolean>((resolve) => outgoing.once('drain', () => resolve(false)));
    if (await Promise.race([drained, interrupted])) return false;
  }
  return true;
}

async function readAnswer(incoming: IncomingMessage, maxBytes: number): Promise<EgressAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new PermanentError('answer_too_large', `the platform's answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** TLS and certificate faults are permanent; whatever else ends a connection may pass. */
export function faultOf(error: unknown, timedOut: boolean): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (timedOut) return new RetryableError('timeout', 'the platform did not answer in time', { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/.test(code)) {
    return new PermanentError('network', 'the platform has no valid certificate', { cause: error });
  }
  return new RetryableError('network', 'the connection to the platform failed', { cause: error });
}
