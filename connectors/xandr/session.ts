// A session of an API user: signs in by password or by a signed token, within the platform's bound, and calls with the token.
import type { ClientContext } from '../kit/define-destination.ts';
import type { EgressRequest } from '../kit/egress.ts';
import { AuthenticationError, PermanentError, ThrottledError } from '../kit/errors.ts';
import { signedRs256 } from '../kit/rs256.ts';
import { type PlatformAnswer, readAnswer } from './answers.ts';
import { AUTHENTICATION_WINDOW_MS, MAX_AUTHENTICATIONS } from './limits.ts';
import type { XandrCredentials } from './settings.ts';

export interface SessionOptions {
  readonly apiUrl: string;
  readonly credentials: XandrCredentials;
  readonly context: ClientContext;
}

export class XandrSession {
  readonly #options: SessionOptions;
  #token: string | undefined;
  #authenticationsMs: number[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** With the token; an AuthenticationError makes the kit call `renew` once. */
  async call(request: EgressRequest): Promise<PlatformAnswer> {
    const { egress, clock } = this.#options.context;
    const token = this.#token ?? (await this.renew());
    const answer = await egress.send({ ...request, headers: { ...request.headers, authorization: token } });
    return readAnswer(answer, clock.now());
  }

  async renew(): Promise<string> {
    const { egress, clock } = this.#options.context;
    const nowMs = clock.now();
    this.#authenticationsMs = this.#authenticationsMs.filter((atMs) => nowMs - atMs < AUTHENTICATION_WINDOW_MS);
    if (this.#authenticationsMs.length >= MAX_AUTHENTICATIONS) {
      throw new ThrottledError('throttled', 'too many authentications in five minutes', {
        retryAfterMs: AUTHENTICATION_WINDOW_MS,
      });
    }
    this.#authenticationsMs.push(nowMs);
    const answer = await egress.send(this.#signIn(nowMs));
    const { token } = readAuthentication(() => readAnswer(answer, nowMs));
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
      throw new PermanentError('answer_invalid', 'the platform gave no token');
    }
    this.#token = token;
    return token;
  }

  apiUrl(path: string, query: Record<string, string> = {}): string {
    const search = new URLSearchParams(query).toString();
    return `${this.#options.apiUrl.replace(/\/+$/, '')}${path}${search === '' ? '' : `?${search}`}`;
  }

  #signIn(nowMs: number): EgressRequest {
    const { username = '', password, private_key: key, key_name: kid } = this.#options.credentials;
    if (key === undefined) {
      const body = [Buffer.from(JSON.stringify({ auth: { username, password } }))];
      return { method: 'POST', url: this.apiUrl('/auth'), headers: { 'content-type': 'application/json' }, body };
    }
    const claims = { sub: username, iat: Math.floor(nowMs / 1_000) };
    const body = [Buffer.from(signedRs256({ header: { kid }, claims, key }))];
    return { method: 'POST', url: this.apiUrl('/v2/auth/jwt'), headers: { 'content-type': 'text/plain' }, body };
  }
}

/** NOAUTH in answer to the credentials themselves is final: a second try would only lock the account. */
function readAuthentication(read: () => PlatformAnswer): PlatformAnswer {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw new PermanentError('authentication', 'the platform refused the credentials', { cause: error });
  }
}
