// A token of the platform: one that a person made, or one of a day made from login and password.
import type { ClientContext } from '../kit/define-destination.ts';
import { PermanentError } from '../kit/errors.ts';
import { readToken } from './answers.ts';
import { TOKEN_LIFE_MINUTES, TOKEN_MARGIN_MS } from './limits.ts';

export interface TokenCredentials {
  readonly token?: string;
  readonly login?: string;
  readonly password?: string;
}

export class TradeDeskTokens {
  readonly #options: {
    readonly authUrl: string;
    readonly credentials: TokenCredentials;
    readonly context: ClientContext;
  };
  #made: { readonly text: string; readonly endsAtMs: number } | undefined;

  constructor(options: { authUrl: string; credentials: TokenCredentials; context: ClientContext }) {
    this.#options = options;
  }

  /** Undefined where the credentials make none. */
  async find(): Promise<string | undefined> {
    const { credentials, context } = this.#options;
    if (credentials.token !== undefined) return credentials.token;
    if (credentials.login === undefined) return undefined;
    if (this.#made === undefined || this.#made.endsAtMs <= context.clock.now()) await this.renew();
    return this.#made?.text;
  }

  async renew(): Promise<void> {
    const { authUrl, credentials, context } = this.#options;
    const { login, password } = credentials;
    if (login === undefined) {
      throw new PermanentError('authentication', 'the platform does not take the token or the signature');
    }
    const nowMs = context.clock.now();
    const body = { Login: login, Password: password, TokenExpirationInMinutes: TOKEN_LIFE_MINUTES };
    const answer = await context.egress.send({
      method: 'POST',
      url: `${authUrl.replace(/\/+$/, '')}/v3/authentication`,
      headers: { 'content-type': 'application/json' },
      body: [Buffer.from(JSON.stringify(body))],
    });
    const endsAtMs = nowMs + TOKEN_LIFE_MINUTES * 60_000 - TOKEN_MARGIN_MS;
    this.#made = { text: readToken(answer, nowMs), endsAtMs };
  }
}
