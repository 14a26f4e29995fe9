// How often and how long: the error's class is the policy.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './conformance-world.ts';
import { AuthenticationError, errorForStatus, PermanentError, RetryableError, ThrottledError } from './errors.ts';
import { MAX_ATTEMPTS, MAX_BACKOFF_MS, MAX_WAIT_MS } from './limits.ts';
import { parseRetryAfter, waitBefore, withRetry } from './retry.ts';

function attempts(...errors: (Error | 'done')[]) {
  const clock = new FakeClock();
  let calls = 0;
  const work = async (): Promise<string> => {
    const next = errors[Math.min(calls++, errors.length - 1)];
    if (next instanceof Error) throw next;
    return 'done';
  };
  const context = { clock, random: () => 0.5, signal: new AbortController().signal };
  return { clock, work, context, calls: () => calls };
}
const passing = new RetryableError('network', 'passing');

describe('withRetry', () => {
  it('tries again after what may pass, with growing waits', async () => {
    const { work, context, clock } = attempts(passing, passing, passing, 'done');
    expect(await withRetry(work, context)).toBe('done');
    expect(clock.sleptMs).toEqual([750, 1_500, 3_000]);
  });

  it('is bounded', async () => {
    const { work, context, calls } = attempts(passing);
    await expect(withRetry(work, context)).rejects.toBe(passing);
    expect(calls()).toBe(MAX_ATTEMPTS);
  });

  it('never repeats what is refused for good, nor what it does not know', async () => {
    for (const error of [new PermanentError('rejected', 'no'), new Error('a bug')]) {
      const { work, context, calls } = attempts(error);
      await expect(withRetry(work, context)).rejects.toBe(error);
      expect(calls()).toBe(1);
    }
  });

  it('authenticates again once and no more', async () => {
    const expired = new AuthenticationError('authentication', 'expired');
    const once = attempts(expired, 'done');
    let renewals = 0;
    const reauthenticate = async (): Promise<void> => void renewals++;
    expect(await withRetry(once.work, { ...once.context, reauthenticate })).toBe('done');
    const always = attempts(expired);
    await expect(withRetry(always.work, { ...always.context, reauthenticate })).rejects.toBeInstanceOf(PermanentError);
    expect([renewals, always.calls()]).toEqual([2, 2]);
  });

  it('does not sit through a wait that is too long, but hands it on', async () => {
    const hour = new ThrottledError('quota_exceeded', 'later', { retryAfterMs: 3_600_000 });
    const { work, context, clock } = attempts(hour);
    await expect(withRetry(work, context)).rejects.toBe(hour);
    expect(clock.sleptMs).toEqual([]);
  });
});

describe('a wait', () => {
  it('is never shorter than the platform asked for and never longer than the cap without its word', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.nat(MAX_WAIT_MS), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, asked, chance) => {
          const waitMs = waitBefore(attempt, asked, () => chance);
          if (asked === undefined) expect(waitMs).toBeLessThanOrEqual(MAX_BACKOFF_MS);
          else expect(waitMs).toBeGreaterThanOrEqual(asked);
          expect(waitMs).toBeGreaterThanOrEqual(asked ?? 500);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const nowMs = Date.parse('2026-06-01T12:00:00Z');
  it.each([
    ['9', 9_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['Mon, 01 Jun 2026 12:00:30 GMT', 30_000],
    ['Mon, 01 Jun 2026 11:00:00 GMT', 0],
    ['-1', undefined],
    ['soon', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
    ['99999999999999999999', undefined],
  ])('%j is %j ms', (value, due) => {
    expect(parseRetryAfter(value, nowMs)).toBe(due);
  });
});

describe('a status', () => {
  it('of a client error is retried only where it passes by itself', () => {
    for (let status = 400; status < 500; status++) {
      const retried = errorForStatus(status, undefined) instanceof RetryableError;
      expect(retried, String(status)).toBe([408, 423, 425, 429].includes(status));
    }
  });

  it('of a server error is retried, 501 apart', () => {
    expect([500, 502, 503, 504, 599].every((status) => errorForStatus(status, 5) instanceof RetryableError)).toBe(true);
    expect(errorForStatus(501, undefined)).toBeInstanceOf(PermanentError);
  });
});
