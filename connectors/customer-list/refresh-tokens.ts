// Access tokens from a refresh token, RFC 6749 section 6. The refresh token itself is a person's: when the platform no longer
// takes it, the delivery says so and asks no further.
import type { ClientContext } from '../kit/define-destination.ts';
import { errorForStatus, PermanentError } from '../kit/errors.ts';
import { parseRetryAfter } from '../kit/retry.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_TOKEN_LIFE_S, TOKEN_MARGIN_MS } from './limits.ts';
import { jsonObject, type ListTokens } from './list-client.ts';

export interface RefreshCredentials {
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
}

export const refreshCredentialFields: SettingFields = {
  client_id: { type: 'text', title: 'Client id', description: 'Of the OAuth application.', required: true },
  client_secret: { type: 'secret', title: 'Client secret', description: 'Of the same application.', required: true },
  refresh_token: {
    type: 'secret',
    title: 'Refresh token',
    description: 'Of a user who may fill the list.',
    required: true,
  },
};

export interface RefreshOptions {
  readonly tokenUrl: string;
  readonly credentials: RefreshCredentials;
  readonly context: ClientContext;
  readonly scope?: string;
  /** Where the client names itself: in the form, or by HTTP Basic (RFC 6749 section 2.3.1). */
  readonly clientIn?: 'form' | 'basic';
}

export class RefreshTokens implements ListTokens {
  readonly #options: RefreshOptions;
  #token: { readonly text: string; readonly endsAtMs: number } | undefined;

  constructor(options: RefreshOptions) {
    this.#options = options;
  }

  async token(): Promise<string> {
    if (this.#token === undefined || this.#token.endsAtMs <= this.#options.context.clock.now()) await this.renew();
    return this.#token?.text ?? '';
  }

  async renew(): Promise<void> {
    const { tokenUrl, context } = this.#options;
    const nowMs = context.clock.now();
    const { headers, form } = this.#grant();
    const body = [Buffer.from(new URLSearchParams(form).toString())];
    const answer = await context.egress.send({ method: 'POST', url: tokenUrl, headers, body });
    // A refusal of the credentials themselves is final: asking again would meet the same.
    if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
      throw new PermanentError('authentication', 'the platform refused the credentials');
    }
    if (answer.status !== 200) {
      throw errorForStatus(answer.status, parseRetryAfter(answer.headers['retry-after'], nowMs));
    }
    const { access_token: text, expires_in: lifeS } = jsonObject(answer.body) ?? {};
    if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
      throw new PermanentError('answer_invalid', 'the platform gave no token');
    }
    const life = typeof lifeS === 'number' && lifeS > 0 ? lifeS : DEFAULT_TOKEN_LIFE_S;
    this.#token = { text, endsAtMs: nowMs + life * 1_000 - TOKEN_MARGIN_MS };
  }

  #grant(): { headers: Record<string, string>; form: Record<string, string> } {
    const { credentials, scope, clientIn = 'form' } = this.#options;
    const { client_id, client_secret, refresh_token } = credentials;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = { grant_type: 'refresh_token', refresh_token, ...(scope === undefined ? {} : { scope }) };
    if (clientIn === 'form') return { headers, form: { ...form, client_id, client_secret } };
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    return { headers: { ...headers, authorization: `Basic ${basic}` }, form };
  }
}
