// What travels with a request: its id, the operation it names and, once proven, its caller. Kept beside the request, so that no header can forge it.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import type { Caller } from './caller.ts';

interface RequestContext {
  requestId: string;
  caller?: Caller;
  operation?: NamedOperation;
}

/** The operation that the path of a request names, as the gate read it. */
export interface NamedOperation {
  readonly id: string;
  /** As in the contract, with `{name}`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

export function withRequestId(): RequestHandler {
  return (request, response, next) => {
    const requestId = randomUUID();
    contexts.set(request, { requestId });
    response.set('X-Request-Id', requestId);
    next();
  };
}

export function requestIdOf(request: IncomingMessage): string {
  return contexts.get(request)?.requestId ?? 'unknown';
}

export function setCaller(request: IncomingMessage, caller: Caller): void {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('a caller was set before the request had an id');
  context.caller = caller;
}

export function findCaller(request: IncomingMessage): Caller | undefined {
  return contexts.get(request)?.caller;
}

/** Throws `unauthenticated`. */
export function getCaller(request: IncomingMessage): Caller {
  const caller = findCaller(request);
  if (caller === undefined) throw new ServiceError('unauthenticated');
  return caller;
}

export function setOperation(request: IncomingMessage, operation: NamedOperation): void {
  const context = contexts.get(request);
  if (context !== undefined) context.operation = operation;
}

export function findNamedOperation(request: IncomingMessage): NamedOperation | undefined {
  return contexts.get(request)?.operation;
}
