// Access tokens of Google's OAuth 2.0: by a refresh token (RFC 6749 section 6) or by a signed assertion (RFC 7523 section 2.1).
import type { ClientContext } from '../kit/define-destination.ts';
import type { EgressAnswer } from '../kit/egress.ts';
import { errorForStatus, PermanentError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import { signedRs256 } from '../kit/rs256.ts';
import type { GoogleCredentials } from './credentials.ts';
import { ASSERTION_LIFE_S, DEFAULT_TOKEN_LIFE_S, TOKEN_MARGIN_MS } from './limits.ts';

export interface TokenOptions {
  readonly tokenUrl: string;
  readonly scope: string;
  readonly credentials: GoogleCredentials;
  readonly context: Pick<ClientContext, 'egress' | 'clock'>;
}

const ASSERTION_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export class GoogleTokens {
  readonly #options: TokenOptions;
  #token: { readonly text: string; readonly endsAtMs: number } | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** For the `authorization` header. */
  async bearer(): Promise<string> {
    const nowMs = this.#options.context.clock.now();
    if (this.#token === undefined || this.#token.endsAtMs <= nowMs) await this.renew();
    return `Bearer ${this.#token?.text}`;
  }

  async renew(): Promise<void> {
    const { tokenUrl, context } = this.#options;
    const nowMs = context.clock.now();
    const body = [Buffer.from(new URLSearchParams(this.#grant(nowMs)).toString())];
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await context.egress.send({ method: 'POST', url: tokenUrl, headers, body });
    const { access_token: text, expires_in: lifeS } = readTokens(answer, nowMs);
    if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
      throw new PermanentError('answer_invalid', 'the platform gave no token');
    }
    const life = typeof lifeS === 'number' && lifeS > 0 ? lifeS : DEFAULT_TOKEN_LIFE_S;
    this.#token = { text, endsAtMs: nowMs + life * 1_000 - TOKEN_MARGIN_MS };
  }

  #grant(nowMs: number): Record<string, string> {
    const { credentials, scope, tokenUrl } = this.#options;
    const { client_id, client_secret, refresh_token, service_account_email: iss } = credentials;
    if (iss === undefined) {
      const [id, secret, token] = [client_id ?? '', client_secret ?? '', refresh_token ?? ''];
      return { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: token };
    }
    const iat = Math.floor(nowMs / 1_000);
    const claims = { iss, scope, aud: tokenUrl, iat, exp: iat + ASSERTION_LIFE_S };
    return {
      grant_type: ASSERTION_GRANT,
      assertion: signedRs256({ claims, key: credentials.service_account_private_key ?? '' }),
    };
  }
}

/** A refusal of the credentials themselves is final: asking again would meet the same. */
function readTokens(answer: EgressAnswer, nowMs: number): Record<string, unknown> {
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
    throw new PermanentError('authentication', 'the platform refused the credentials');
  }
  if (answer.status !== 200) throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], nowMs));
  try {
    const parsed: unknown = JSON.parse(answer.body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
