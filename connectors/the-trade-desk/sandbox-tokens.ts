// The Trade Desk's authentication service in its sandboxes.
import type { Clock } from '../kit/clock.ts';
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../kit/sandbox-server.ts';
import { parsed, refusal } from './sandbox-platform.ts';

/** For trials alone. */
export const SANDBOX_TOKEN = 'sandbox-token';
export const SANDBOX_LOGIN = { login: 'sandbox', password: 'sandbox' } as const;

export class SandboxTokens {
  readonly #endsAtMs = new Map<string, number>([[SANDBOX_TOKEN, Number.POSITIVE_INFINITY]]);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue({ body }: SandboxRequest): SandboxAnswer {
    const { Login, Password, TokenExpirationInMinutes: minutes = 60 } = parsed(body) ?? {};
    const isLife = Number.isInteger(minutes) && Number(minutes) > 0 && Number(minutes) <= 1_440;
    if (!isLife) return refusal('TokenExpirationInMinutes is not valid.');
    if (Login !== SANDBOX_LOGIN.login || Password !== SANDBOX_LOGIN.password) return refusal('Login failed.', 401);
    const token = `sandbox-token-${this.#endsAtMs.size}`;
    this.#endsAtMs.set(token, this.#clock.now() + Number(minutes) * 60_000);
    return jsonAnswer(200, { Token: token });
  }

  isValid(token: string): boolean {
    return (this.#endsAtMs.get(token) ?? 0) > this.#clock.now();
  }
}
