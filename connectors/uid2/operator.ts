// Asks a UID2 or EUID operator which id stands for a digest, and who has opted out since. Everything goes through the egress,
// in an envelope of its own for each try.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import type { Egress } from '../kit/egress.ts';
import { errorForStatus, PermanentError } from '../kit/errors.ts';
import { parseRetryAfter, withRetry } from '../kit/retry.ts';
import { openAnswer, sealRequest } from './envelope.ts';
import { MAX_ANSWER_BYTES, MAX_IDENTITIES_PER_REQUEST } from './limits.ts';

export interface OperatorAccess {
  /** Base URL, such as https://prod.uidapi.com or https://prod.euid.eu. */
  readonly url: string;
  readonly apiKey: string;
  /** 32 bytes in base64. */
  readonly clientSecret: string;
}

export interface OperatorContext {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export type Identity =
  | {
      readonly state: 'mapped';
      readonly id: string;
      /** The id of before the last rotation, still in use at platforms for 90 days. */
      readonly formerId: string | undefined;
      /** Milliseconds since the epoch; ask again from then on. */
      readonly refreshAtMs: number;
    }
  | { readonly state: 'opted-out' }
  | { readonly state: 'invalid' };

export type DigestKind = 'email' | 'phone';

export class IdOperator {
  readonly #access: OperatorAccess;
  readonly #context: OperatorContext;

  constructor(access: OperatorAccess, context: OperatorContext) {
    this.#access = access;
    this.#context = context;
  }

  /** Base64 SHA-256 digests of the UID2 profile, at most 5,000; the answers stand in the same order. */
  async map(digests: readonly { readonly kind: DigestKind; readonly digest: string }[]): Promise<Identity[]> {
    if (digests.length > MAX_IDENTITIES_PER_REQUEST) throw new RangeError('too many identities for one request');
    if (digests.length === 0) return [];
    const of = (kind: DigestKind): string[] => digests.filter((one) => one.kind === kind).map(({ digest }) => digest);
    const [emails, phones] = [of('email'), of('phone')];
    const content = { email: [], email_hash: emails, phone: [], phone_hash: phones };
    const body = bodyOf(await this.#call('/v3/identity/map', content));
    const answers = { email: identities(body.email_hash, emails), phone: identities(body.phone_hash, phones) };
    const next = { email: 0, phone: 0 };
    return digests.map(({ kind }) => answers[kind][next[kind]++] as Identity);
  }

  /** Which of these ids, at most 5,000, have opted out. One call at a time, as the operator wants it. */
  async listOptedOut(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length > MAX_IDENTITIES_PER_REQUEST) throw new RangeError('too many ids for one request');
    if (ids.length === 0) return new Set();
    const { opted_out: optedOut } = bodyOf(await this.#call('/v2/optout/status', { advertising_ids: ids }));
    if (!Array.isArray(optedOut)) throw malformed();
    return new Set(optedOut.map((one: { advertising_id?: unknown }) => String(one.advertising_id)));
  }

  /** Shows that key and secret are taken, without naming anybody. */
  async test(): Promise<void> {
    await this.#call('/v3/identity/map', { email: [], email_hash: [], phone: [], phone_hash: [] });
  }

  #call(path: string, content: unknown): Promise<unknown> {
    return withRetry(() => this.#post(path, content), this.#context);
  }

  async #post(path: string, content: unknown): Promise<unknown> {
    const { egress, clock } = this.#context;
    const secret = Buffer.from(this.#access.clientSecret, 'base64');
    const nonce = randomBytes(8);
    const sealed = sealRequest({ secret, nowMs: clock.now(), nonce, iv: randomBytes(12), content });
    const answer = await egress.send({
      method: 'POST',
      url: this.#access.url.replace(/\/+$/, '') + path,
      headers: { authorization: `Bearer ${this.#access.apiKey}`, 'content-type': 'text/plain' },
      body: [Buffer.from(sealed)],
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new PermanentError('authentication', 'the operator does not take the API key for this');
    }
    if (answer.status !== 200) {
      throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], clock.now()));
    }
    return openAnswer(answer.body.toString('latin1'), { secret, nonce });
  }
}

function bodyOf(answer: unknown): Record<string, unknown> {
  const { status, body } = (answer ?? {}) as { status?: unknown; body?: unknown };
  if (status !== 'success' || typeof body !== 'object' || body === null) throw malformed();
  return body as Record<string, unknown>;
}

function identities(given: unknown, asked: readonly string[]): Identity[] {
  if (!Array.isArray(given) || given.length !== asked.length) throw malformed();
  return given.map(identityOf);
}

function identityOf(given: unknown): Identity {
  const { u, p, r, e } = (given ?? {}) as { u?: unknown; p?: unknown; r?: unknown; e?: unknown };
  if (e !== undefined) return { state: e === 'optout' ? 'opted-out' : 'invalid' };
  if (typeof u !== 'string' || !/^[A-Za-z0-9+/=_-]{20,200}$/.test(u) || typeof r !== 'number') throw malformed();
  return { state: 'mapped', id: u, formerId: typeof p === 'string' ? p : undefined, refreshAtMs: r * 1_000 };
}

const malformed = (): PermanentError =>
  new PermanentError('answer_invalid', 'the operator did not answer in its documented form');
