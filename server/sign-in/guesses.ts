// Guesses are counted before they are looked at, so that many at once are no more than the limit; a right one is taken off again.
// Who is counted is kept as a keyed digest: neither names that were tried nor addresses are stored.
import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Knex } from 'knex';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { ServiceError } from '../errors.ts';
import {
  ADDRESS_FAILURES,
  ADDRESS_FORGETS_MS,
  FIRST_BLOCK_MS,
  GUESSES_KEPT_MS,
  LONGEST_BLOCK_MS,
  MEMBER_FAILURES,
} from './limits.ts';

export interface GuessGround {
  readonly db: Database;
  readonly clock: Clock;
  readonly rootKey: Uint8Array;
}

export interface Guesser {
  /** The member's id, or for an unknown name that name: both are counted alike. Absent where no member is meant. */
  readonly subject?: string | undefined;
  readonly address: string;
}

interface GuessRow {
  key_digest: string;
  failures: number;
  last_at: string;
  blocked_until: string | null;
}

interface Counter {
  readonly digest: string;
  readonly free: number;
  /** After each such time without a guess, one failure is forgotten. */
  readonly forgetMs: number;
}

export interface Charge {
  /** This guess used up what is free: whoever comes next waits. */
  readonly isLast: boolean;
}

/** Counts a guess. Throws `too_many_requests` with the time to wait, counting nothing. */
export function chargeGuess(ground: GuessGround, guesser: Guesser): Promise<Charge> {
  const now = ground.clock.now();
  return writeTransaction(ground.db, async (trx) => {
    const rows = [];
    for (const counter of countersOf(ground, guesser)) rows.push(await readCounter(trx, counter, now));
    const waitMs =
      Math.max(...rows.map((row) => (row.blocked_until ? Date.parse(row.blocked_until) : 0))) - now.getTime();
    if (waitMs > 0) throw tooMany(waitMs);
    let isLast = false;
    for (const { free, ...row } of rows) {
      const blocked = await writeCounter(trx, { ...row, failures: row.failures + 1, last_at: now.toISOString() }, free);
      isLast ||= blocked && row.failures + 1 === free;
    }
    return { isLast };
  });
}

function tooMany(waitMs: number): ServiceError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return new ServiceError('too_many_requests', {
    detail: `Too many sign-ins failed. Try again in ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  });
}

/** What was guessed was right so far, but is not enough: this one guess does not count, earlier ones do. */
export function refundGuess(ground: GuessGround, guesser: Guesser): Promise<void> {
  return writeTransaction(ground.db, async (trx) => {
    for (const counter of countersOf(ground, guesser)) {
      const { free, ...row } = await readCounter(trx, counter, ground.clock.now());
      await writeCounter(trx, { ...row, failures: Math.max(0, row.failures - 1) }, free);
    }
  });
}

/** Somebody was let in: earlier errors were theirs. An address keeps those of others. */
export async function forgiveGuesses(ground: GuessGround, guesser: Guesser): Promise<void> {
  await refundGuess(ground, guesser);
  const [subject] = guesser.subject === undefined ? [] : countersOf(ground, guesser);
  if (subject === undefined) return;
  await writeTransaction(ground.db, (trx) =>
    trx<GuessRow>('sign_in_guesses').where({ key_digest: subject.digest }).delete(),
  );
}

export async function forgetOldGuesses(ground: GuessGround): Promise<void> {
  const before = new Date(ground.clock.now().getTime() - GUESSES_KEPT_MS).toISOString();
  await writeTransaction(ground.db, (trx) => trx<GuessRow>('sign_in_guesses').where('last_at', '<', before).delete());
}

function countersOf(ground: GuessGround, { subject, address }: Guesser): Counter[] {
  const byAddress = {
    digest: digestOf(ground, `address ${networkOf(address)}`),
    free: ADDRESS_FAILURES,
    forgetMs: ADDRESS_FORGETS_MS,
  };
  if (subject === undefined) return [byAddress];
  const bySubject = {
    digest: digestOf(ground, `subject ${subject}`),
    free: MEMBER_FAILURES,
    forgetMs: Number.POSITIVE_INFINITY,
  };
  return [bySubject, byAddress];
}

function digestOf({ rootKey }: GuessGround, text: string): string {
  const key = createHmac('sha256', rootKey).update('ecluse sign-in guesses').digest();
  return createHmac('sha256', key).update(text).digest('hex');
}

/** One customer of a provider has a whole /64 of IPv6. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.split('%')[0]!.toLowerCase().split('::');
  const [left, right] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)];
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

async function readCounter(
  trx: Knex,
  { digest, free, forgetMs }: Counter,
  now: Date,
): Promise<GuessRow & { free: number }> {
  const fresh = { key_digest: digest, failures: 0, last_at: now.toISOString(), blocked_until: null, free };
  const { free: _, ...empty } = fresh;
  // The row is there before it is locked: on PostgreSQL two first guesses would otherwise not see each other.
  await trx<GuessRow>('sign_in_guesses').insert(empty).onConflict('key_digest').ignore();
  const row = await trx<GuessRow>('sign_in_guesses').where({ key_digest: digest }).forUpdate().first();
  if (row === undefined) return fresh;
  const quietMs = now.getTime() - Date.parse(row.last_at);
  const forgotten = quietMs > GUESSES_KEPT_MS ? Number.POSITIVE_INFINITY : Math.floor(quietMs / forgetMs);
  return { ...row, failures: Math.max(0, Number(row.failures) - forgotten), free };
}

/** True when whoever comes next has to wait. */
async function writeCounter(trx: Knex, row: GuessRow, free: number): Promise<boolean> {
  const over = row.failures - free;
  const blockMs = over < 0 ? 0 : Math.min(FIRST_BLOCK_MS * 2 ** Math.min(over, 10), LONGEST_BLOCK_MS);
  const blocked_until = blockMs === 0 ? null : new Date(Date.parse(row.last_at) + blockMs).toISOString();
  await trx<GuessRow>('sign_in_guesses')
    .insert({ ...row, blocked_until })
    .onConflict('key_digest')
    .merge();
  return blocked_until !== null;
}
