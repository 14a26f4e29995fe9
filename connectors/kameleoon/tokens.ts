// Access tokens of Kameleoon: OAuth 2.0 client credentials (RFC 6749 section 4.4), where a project asks for them.
import type { ClientContext } from '../kit/define-destination.ts';
import { errorForStatus, PermanentError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { DEFAULT_TOKEN_LIFE_S, TOKEN_MARGIN_MS } from './limits.ts';

export interface TokenOptions {
  readonly tokenUrl: string;
  readonly userAgent: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly context: Pick<ClientContext, 'egress' | 'clock'>;
}

export class KameleoonTokens {
  readonly #options: TokenOptions;
  #token: { readonly text: string; readonly endsAtMs: number } | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** For the `authorization` header. */
  async bearer(): Promise<string> {
    if (this.#token === undefined || this.#token.endsAtMs <= this.#options.context.clock.now()) await this.renew();
    return `Bearer ${this.#token?.text}`;
  }

  async renew(): Promise<void> {
    const { tokenUrl, userAgent, clientId, clientSecret, context } = this.#options;
    const nowMs = context.clock.now();
    const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const answer = await context.egress.send({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': userAgent },
      body: [Buffer.from(new URLSearchParams(grant).toString())],
    });
    if ([400, 401, 403].includes(answer.status)) {
      throw new PermanentError('authentication', 'the platform refused the API client');
    }
    if (answer.status !== 200) {
      throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], nowMs));
    }
    this.#token = readToken(answer.body, nowMs);
  }
}

function readToken(body: Buffer, nowMs: number): { text: string; endsAtMs: number } {
  const { access_token: text, expires_in: lifeS } = objectOf(body);
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
    throw new PermanentError('answer_invalid', 'the platform gave no token');
  }
  const life = typeof lifeS === 'number' && lifeS > 0 ? lifeS : DEFAULT_TOKEN_LIFE_S;
  return { text, endsAtMs: nowMs + life * 1_000 - TOKEN_MARGIN_MS };
}

function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString('utf8'))) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
