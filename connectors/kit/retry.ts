// Bounded retries: exponential backoff with jitter, Retry-After honoured, one re-authentication. The error's class decides.
import type { Clock } from './clock.ts';
import { AuthenticationError, PermanentError, RetryableError } from './errors.ts';
import { FIRST_BACKOFF_MS, MAX_ATTEMPTS, MAX_BACKOFF_MS, MAX_WAIT_MS } from './limits.ts';

export interface RetryContext {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Called at most once; without it an authentication error is permanent. */
  readonly reauthenticate?: (() => Promise<void>) | undefined;
}

/** Rejects with the last error: still a RetryableError when attempts ran out or the wait is too long to sit through. */
export async function withRetry<T>(work: () => Promise<T>, context: RetryContext): Promise<T> {
  let reauthenticated = false;
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (error instanceof AuthenticationError) {
        if (reauthenticated || context.reauthenticate === undefined) {
          throw new PermanentError('authentication', 'the platform refused the credentials', { cause: error });
        }
        reauthenticated = true;
        await withRetry(context.reauthenticate, { ...context, reauthenticate: undefined });
        attempt--;
        continue;
      }
      if (!(error instanceof RetryableError) || attempt >= MAX_ATTEMPTS) throw error;
      const waitMs = waitBefore(attempt, error.retryAfterMs, context.random);
      if (waitMs > MAX_WAIT_MS) throw error;
      await context.clock.sleep(waitMs, context.signal);
    }
  }
}

/** Half of the backoff is fixed and half is chance. What the platform asked for is a floor, never shortened. */
export function waitBefore(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  const jitteredMs = Math.round(backoffMs / 2 + (backoffMs / 2) * random());
  if (retryAfterMs === undefined) return jitteredMs;
  return retryAfterMs + Math.round(FIRST_BACKOFF_MS * random());
}

/** RFC 9110 section 10.2.3: seconds or an HTTP date. Anything else is as if it were absent. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
