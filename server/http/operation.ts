// What a function behind an operation of the contract receives and returns; all of it derived from the generated types.
import type { operations } from '../../openapi/generated/api.ts';
import type { Caller } from './caller.ts';
import type { Exchange } from './exchange.ts';

export type OperationId = keyof operations;

type Parameters<Op extends OperationId> = operations[Op]['parameters'];
type PathOf<Op extends OperationId> = Parameters<Op> extends { path: infer P } ? P : Record<never, never>;
type QueryOf<Op extends OperationId> =
  Parameters<Op> extends { query?: infer Q } ? NonNullable<Q> : Record<never, never>;
type BodyOf<Op extends OperationId> = operations[Op] extends {
  requestBody: { content: { 'application/json': infer B } };
}
  ? B
  : operations[Op] extends { requestBody?: { content: { 'application/json': infer B } } }
    ? B | undefined
    : undefined;

type SuccessOf<Op extends OperationId> = operations[Op]['responses'][keyof operations[Op]['responses'] &
  (200 | 201 | 202 | 204)];

/** The body of the operation's one success answer; its status stands in the contract. NDJSON is streamed, a ZIP is bytes. */
export type AnswerOf<Op extends OperationId> = operations[Op]['responses'] extends { 302: unknown }
  ? Redirect
  : BodyOfSuccess<Op>;

/** Where the browser is sent on to. */
export interface Redirect {
  readonly location: string;
}

type BodyOfSuccess<Op extends OperationId> =
  SuccessOf<Op> extends { content: { 'application/json': infer B } }
    ? B
    : SuccessOf<Op> extends { content: { 'text/plain': infer T } | { 'text/csv': infer T } }
      ? T
      : SuccessOf<Op> extends { content: { 'application/x-ndjson': string } }
        ? AsyncIterable<string>
        : SuccessOf<Op> extends { content: { 'application/zip': string } }
          ? Uint8Array
          : undefined;

export interface OperationRequest<Op extends OperationId> {
  readonly params: PathOf<Op>;
  readonly query: QueryOf<Op>;
  readonly body: BodyOf<Op>;
  readonly caller: Caller;
  /** The caller's tenant; empty for an operator, whom policies let do nothing that needs one. */
  readonly tenantId: string;
  readonly requestId: string;
  readonly exchange: Exchange;
}

export type Handler<Op extends OperationId> = (request: OperationRequest<Op>) => Promise<AnswerOf<Op>>;

/** One function for each operation: a missing one does not compile. */
export type Handlers = { [Op in OperationId]: Handler<Op> };
