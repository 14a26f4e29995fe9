// Google's token endpoint as a server of ours: refresh tokens and signed assertions in, access tokens of an hour out.
import { createVerify, randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../kit/sandbox-server.ts';

export const SANDBOX_CREDENTIALS = {
  client_id: 'sandbox',
  client_secret: 'sandbox',
  refresh_token: 'sandbox',
} as const;

export interface TokenSandboxOptions {
  readonly clock: Clock;
  readonly scope: string;
  /** Service accounts that may sign, by their e-mail: public keys in PEM. */
  readonly serviceAccounts?: Readonly<Record<string, string>>;
}

const LIFE_S = 3_599;

export class SandboxTokens {
  readonly #options: TokenSandboxOptions;
  readonly #endsAtMs = new Map<string, number>();

  constructor(options: TokenSandboxOptions) {
    this.#options = options;
  }

  issue(request: SandboxRequest, tokenUrl: string): SandboxAnswer {
    const form = new URLSearchParams(request.body.toString('utf8'));
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return refused('invalid_request');
    const grant = form.get('grant_type');
    const isGranted =
      grant === 'refresh_token'
        ? Object.entries(SANDBOX_CREDENTIALS).every(([name, value]) => form.get(name) === value)
        : grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer' && this.#isSigned(form.get('assertion'), tokenUrl);
    if (!isGranted) return refused('invalid_grant');
    const token = `ya29.${randomBytes(12).toString('base64url')}`;
    this.#endsAtMs.set(token, this.#options.clock.now() + LIFE_S * 1_000);
    return jsonAnswer(200, { access_token: token, expires_in: LIFE_S, token_type: 'Bearer' });
  }

  /** The answer to a request without a living token. */
  refuse(authorization: string | undefined): SandboxAnswer | undefined {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    if ((this.#endsAtMs.get(token) ?? 0) > this.#options.clock.now()) return undefined;
    return UNAUTHENTICATED;
  }

  #isSigned(assertion: string | null, tokenUrl: string): boolean {
    const [head = '', claims = '', signature = ''] = (assertion ?? '').split('.');
    const read = (part: string): Record<string, unknown> => {
      try {
        return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
      } catch {
        return {};
      }
    };
    const { iss, aud, scope, iat, exp } = read(claims);
    const key = this.#options.serviceAccounts?.[String(iss)];
    const nowS = this.#options.clock.now() / 1_000;
    if (key === undefined || read(head).alg !== 'RS256' || aud !== tokenUrl || scope !== this.#options.scope)
      return false;
    if (typeof iat !== 'number' || typeof exp !== 'number' || exp - iat > 3_600 || exp < nowS || iat > nowS + 60)
      return false;
    return createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(key, signature, 'base64url');
  }
}

const refused = (error: string): SandboxAnswer => jsonAnswer(400, { error, error_description: 'Bad Request' });

export function rpcError(httpStatus: number, status: string, details: readonly object[] = []): SandboxAnswer {
  const error = { code: httpStatus, message: 'There was a problem with the request.', status, details };
  return jsonAnswer(httpStatus, { error });
}

export const UNAUTHENTICATED = rpcError(401, 'UNAUTHENTICATED');
