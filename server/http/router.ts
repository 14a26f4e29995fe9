// The contract is the router: each operation is gated by its permission, then mounted from the typed map of handlers.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { BREAK_GLASS_HEADER, callerBehindGlass, recordUse } from '../break-glass/behind-glass.ts';
import { ServiceError } from '../errors.ts';
import type { PoliciesInForce } from '../policies/policies-in-force.ts';
import { authenticateSetup } from '../tenants/setup.ts';
import { type AccessGround, authorise } from './access.ts';
import { admitAnyone, authenticate, type CallerGround } from './authenticate.ts';
import { asCaller } from './caller-scope.ts';
import type { ContractOperation } from './contract.ts';
import { exchangeOf } from './exchange.ts';
import { type IdempotencyGround, once } from './idempotency.ts';
import type { Handlers, OperationRequest, Redirect } from './operation.ts';
import { getCaller, requestIdOf, setCaller, setOperation } from './request-context.ts';

export type RouterGround = CallerGround &
  AccessGround &
  IdempotencyGround & { readonly policies: Pick<PoliciesInForce, 'refresh'> };

/** The first pass, before anything of the request is read: who calls, and may the caller do this at all? */
export function gateRouter(ground: RouterGround, operations: readonly ContractOperation[]): RequestHandler {
  const authentic = authenticate(ground);
  return routed(operations, (operation) => [named(operation), ...guardsOf(ground, operation, authentic)]);
}

/** Operations whose paths begin alike have a router of their own, so that a request is held against a few of them and not against all. */
function routed(
  operations: readonly ContractOperation[],
  layersOf: (operation: ContractOperation) => RequestHandler[],
): RequestHandler {
  const routers = new Map<string, Router>();
  for (const operation of operations) {
    const noun = nounOf(operation.path);
    if (noun.includes('{')) throw new Error(`${operation.path} does not begin with a noun`);
    const router = routers.get(noun) ?? Router({ caseSensitive: true, strict: true });
    routers.set(noun, router);
    router[operation.method](expressPath(operation.path), ...layersOf(operation));
  }
  return (request, response, next) => {
    const router = routers.get(nounOf(request.path));
    return router === undefined ? next() : router(request, response, next);
  };
}

/** `datasets` of `/v1/datasets/{dataset_id}`. */
function nounOf(path: string): string {
  return path.split('/', 3)[2] ?? '';
}

function named({ id, path }: ContractOperation): RequestHandler {
  return (request, _response, next) => {
    setOperation(request, { id, path, params: request.params as Record<string, string> });
    next();
  };
}

function guardsOf(ground: RouterGround, operation: ContractOperation, authentic: RequestHandler): RequestHandler[] {
  switch (operation.permission) {
    case 'setup':
      return [authenticateSetup(ground)];
    case 'public':
      return [admitAnyone(ground)];
    case 'session':
      return [authentic, assertSession];
    default:
      return [authentic, gate(ground, operation)];
  }
}

/** What concerns the caller's own session is the caller's own, whatever its roles. */
const assertSession: RequestHandler = (request, _response, next) => {
  if (getCaller(request).session === undefined)
    throw new ServiceError('session_needed', { detail: 'This concerns a session, and an API key has none.' });
  next();
};

function gate(ground: RouterGround, operation: ContractOperation): RequestHandler {
  const type = operation.permission.split(':')[0] ?? '';
  return async (request, _response, next) => {
    await ground.policies.refresh();
    const proven = getCaller(request);
    const glass = request.get(BREAK_GLASS_HEADER);
    const caller = glass === undefined ? proven : await callerBehindGlass(ground, proven, glass);
    const id = Object.values(request.params)[0];
    const subjectId = typeof id === 'string' ? id : undefined;
    const resource = { type, tenantId: caller.tenantId, ...(subjectId === undefined ? {} : { id: subjectId }) };
    await authorise(ground, { caller, permission: operation.permission, resource });
    if (glass !== undefined) await recordUse(ground, { caller: proven, reader: caller, operation, subjectId });
    setCaller(request, caller);
    next();
  };
}

/** The second pass, after validation: the operation itself. Throws at boot for an operation without a handler. */
export function operationRouter(
  ground: RouterGround,
  operations: readonly ContractOperation[],
  handlers: Handlers,
): RequestHandler {
  return routed(operations, (operation) => {
    const handler = handlers[operation.id] as ((request: unknown) => Promise<unknown>) | undefined;
    if (handler === undefined) throw new Error(`no handler for ${operation.id}`);
    return [mount(ground, operation, handler)];
  });
}

function mount(
  ground: RouterGround,
  operation: ContractOperation,
  handler: (request: unknown) => Promise<unknown>,
): RequestHandler {
  return async (request, response) => {
    const work = () => handler(operationRequest(request, response));
    const key = operation.idempotent ? request.get('Idempotency-Key') : undefined;
    const answer = await asCaller(getCaller(request), () =>
      key === undefined ? work() : once(ground, idempotentRequest(request, key), work),
    );
    response.status(operation.successStatus);
    if (operation.successStatus === 302) response.set('Location', (answer as Redirect).location).end();
    else if (operation.textType === 'application/x-ndjson')
      await asCaller(getCaller(request), () => stream(response, answer as AsyncIterable<string>));
    else if (operation.textType !== undefined) response.type(operation.textType).send(answer);
    else if (answer === undefined) response.end();
    else response.json(answer);
  };
}

// Lines are read while they are sent, so within the rows of the caller too. The status is out before the last line is known, so a failure breaks the connection rather than end a shorter answer.
async function stream(response: Response, lines: AsyncIterable<string>): Promise<void> {
  response.type('application/x-ndjson');
  await pipeline(Readable.from(lines), response).catch(() => response.destroy());
}

function idempotentRequest(request: Request, key: string) {
  const { credentialId } = getCaller(request);
  return {
    credentialId,
    key,
    request: { method: request.method, path: request.originalUrl, body: request.body as unknown },
  };
}

function operationRequest(request: Request, response: Response): OperationRequest<never> {
  const caller = getCaller(request);
  return {
    params: request.params,
    query: request.query,
    body: request.body,
    caller,
    tenantId: caller.tenantId ?? '',
    requestId: requestIdOf(request),
    exchange: exchangeOf(request, response),
  } as unknown as OperationRequest<never>;
}

export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
