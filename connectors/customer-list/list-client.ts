// Fills a customer list by calls that add or remove. What the platforms differ in is a ListProtocol; a call that is repeated
// changes nothing, because a list is a set.
import type { Batch } from '../kit/batches.ts';
import type { AudienceBook, ClientContext, DestinationClient, PlatformAudience } from '../kit/define-destination.ts';
import type { EgressAnswer, EgressRequest } from '../kit/egress.ts';
import { type DeliveryError, errorForStatus, RetryableError } from '../kit/errors.ts';
import { countedCodes, namedBy, type RowFault, sendSifted } from '../kit/rejection.ts';
import { addCounts, type Counts } from '../kit/report.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface ListRow {
  readonly id: string;
  readonly consent: readonly string[] | undefined;
}
/** Platforms take additions or removals in one call, never both. */
export interface ListCall {
  readonly isRemoval: boolean;
  readonly rows: readonly ListRow[];
}
export interface ListRequest {
  readonly method: EgressRequest['method'];
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface ListAnswer {
  readonly status: number;
  /** Empty when the answer is no JSON object. */
  readonly body: JsonObject;
}

export interface ListProtocol {
  authorise(token: string): Readonly<Record<string, string>>;
  /** Pure. */
  change(call: ListCall): ListRequest;
  /** Shows that credentials and list are there, and sends no person. */
  look(): ListRequest;
  /** What an answer to `look` alone may mean: one that tells of no list. */
  looked?(answer: ListAnswer): DeliveryError | undefined;
  /** What the platform's own error means; undefined leaves it to the rules of all. Asked of every answer. */
  refusal(answer: ListAnswer): DeliveryError | undefined;
  /** Where the platform tells of its lists. */
  readonly audiences?: ListBook;
  /** Rows that a success leaves out, by the platform's code: by their place in the call where the platform tells, else in numbers. */
  rejected(answer: ListAnswer, call: ListCall): Counts | ReadonlyMap<number, string>;
}

export interface ListBook {
  list(): ListRequest;
  listed(answer: ListAnswer): readonly PlatformAudience[];
  /** Where the platform does not tell of all its lists: one of them by its id, and what the answer says of it. */
  readonly one?: { find(id: string): ListRequest; found(answer: ListAnswer): PlatformAudience };
  /** Absent where a list is made in the platform alone. */
  create?(name: string): ListRequest;
  /** Absent where the answer does not say: then it is looked for by its name. */
  created?(answer: ListAnswer): string;
}

export interface ListTokens {
  token(): Promise<string>;
  /** Absent for a key that nothing but a person renews. */
  renew?(): Promise<void>;
}

export function listClient(options: {
  protocol: ListProtocol;
  tokens: ListTokens;
  context: ClientContext;
}): DestinationClient {
  const { protocol, tokens, context } = options;
  const ask = async (request: ListRequest): Promise<ListAnswer> => {
    const sent = await context.egress.send(egressRequest(request, protocol.authorise(await tokens.token())));
    return readAnswer(sent, protocol, context.clock.now());
  };
  return {
    send: async (batch) => {
      let rejected: Counts = {};
      const faults: RowFault<ListRow>[] = [];
      for (const { isRemoval, rows } of callsOf(batch)) {
        const sifted = await sendSifted(rows, async (part) => {
          const call = { isRemoval, rows: part };
          const codes = protocol.rejected(await ask(protocol.change(call)), call);
          if (!(codes instanceof Map)) return codes as Counts;
          faults.push(...[...codes].map(([place, code]) => ({ row: part[place]!, code })));
          return countedCodes(codes.values());
        });
        faults.push(...sifted.faults);
        rejected = sifted.answers.reduce(addCounts, addCounts(rejected, sifted.rejected));
      }
      return { state: 'taken', rejected, named: namedBy(faults, ({ id }) => id) };
    },
    test: async () => {
      // Asked first: an optional call that is absent would not evaluate its argument either.
      const answer = await ask(protocol.look());
      const fault = protocol.looked?.(answer);
      if (fault !== undefined) throw fault;
    },
    ...(protocol.audiences === undefined ? {} : { audiences: audienceBook(protocol.audiences, ask) }),
    ...(tokens.renew === undefined ? {} : { reauthenticate: tokens.renew.bind(tokens) }),
  };
}

function audienceBook(book: ListBook, ask: (request: ListRequest) => Promise<ListAnswer>): AudienceBook {
  const list = async () => book.listed(await ask(book.list()));
  const { one } = book;
  const found = one && { find: async (id: string) => one.found(await ask(one.find(id))) };
  const made = book.create?.bind(book);
  if (made === undefined) return { list, ...found };
  const create = async (name: string): Promise<PlatformAudience> => {
    const answer = await ask(made(name));
    if (book.created !== undefined) return platformAudience(book.created(answer), name);
    const found = (await list()).find((one) => one.name === name);
    if (found === undefined)
      throw new RetryableError('answer_invalid', 'the platform does not show the new audience yet');
    return found;
  };
  return { list, create, ...found };
}

/** Ids go into addresses and settings, so that only what looks like one is taken. */
export function platformAudience(id: unknown, name: unknown): PlatformAudience {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(String(id)) || typeof name !== 'string') {
    throw new RetryableError('answer_invalid', 'the platform named an audience without an id');
  }
  return { id: String(id), name: name.slice(0, 255) };
}

/** Removals first. */
export function callsOf(batch: Batch): ListCall[] {
  const removals: ListRow[] = [];
  const additions: ListRow[] = [];
  batch.forEach((id, isRemoval, consent) => {
    (isRemoval ? removals : additions).push({ id, consent });
  });
  return [
    { isRemoval: true, rows: removals },
    { isRemoval: false, rows: additions },
  ].filter(({ rows }) => rows.length > 0);
}

function egressRequest(
  { method, url, headers, body }: ListRequest,
  authorisation: Readonly<Record<string, string>>,
): EgressRequest {
  const request = { method, url, timeoutMs: CALL_TIMEOUT_MS };
  if (body === undefined) return { ...request, headers: { ...headers, ...authorisation } };
  const json = { 'content-type': 'application/json', ...headers, ...authorisation };
  return { ...request, headers: json, body: [Buffer.from(JSON.stringify(body))] };
}

function readAnswer(answer: EgressAnswer, protocol: ListProtocol, nowMs: number): ListAnswer {
  const body = jsonObject(answer.body);
  const read = { status: answer.status, body: body ?? {} };
  const refusal = body && protocol.refusal(read);
  if (refusal !== undefined) throw refusal;
  if (answer.status < 200 || answer.status >= 300) {
    throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], nowMs));
  }
  const isEmpty = answer.status === 204 || (answer.status === 201 && answer.body.length === 0);
  if (body === undefined && !isEmpty) {
    throw new RetryableError('answer_invalid', 'the platform did not answer in its own form');
  }
  return read;
}

export function jsonObject(bytes: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'), asWritten);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Ids may be integers that a number cannot hold: they stay the text that they were. */
function asWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isWide = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isWide ? (context?.source ?? value) : value;
}

/** Digits as a number of JSON, however many. */
export function jsonInteger(digits: string): unknown {
  const number = Number(digits);
  return Number.isSafeInteger(number)
    ? number
    : (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects of a list, by their place; what is none is an empty one. */
export const objectsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.map((one) => (isObject(one) ? one : {})) : [];

/** Only what looks like a platform's code is repeated: its texts may quote what was sent. */
export const codeOf = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(value) ? value : 'no_code';
