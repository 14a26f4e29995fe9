// Bounds of signing in, each with its reason.

/** NIST SP 800-63B-4, section 3.1.1.2: length is what counts; 12 withstands guessing offline for long under scrypt. */
export const MIN_PASSWORD_CHARACTERS = 12;

/** Hashing takes as long for a long text as for a short one, but reading it does not. */
export const MAX_PASSWORD_CHARACTERS = 1024;

/** OWASP's first choice of scrypt parameters: 128 MiB and half a second for one guess. */
export const SCRYPT = { cost: 2 ** 17, blockSize: 8, parallelization: 1 } as const;

export const SCRYPT_SALT_BYTES = 16;
export const SCRYPT_DIGEST_BYTES = 32;

/** Hashes at one time: 256 MiB, and two of Node's four threads stay free for files. */
export const HASHES_AT_ONCE = 2;

/** More waiting than this take longer than a person waits. */
export const HASHES_WAITING = 32;

/** A working day; who works on signs in again on the next. */
export const SESSION_LIFETIME_MS = 12 * 3_600_000;

/** A browser left open over a long lunch is signed out. */
export const SESSION_IDLE_MS = 2 * 3_600_000;

/** `last_seen_at` is written at most this often. */
export const SESSION_TOUCH_MS = 60_000;

/** Ended sessions are kept so long, then swept. */
export const ENDED_SESSION_KEPT_MS = 30 * 24 * 3_600_000;

/** A week: a newcomer may be on holiday. */
export const WELCOME_LINK_LIFETIME_MS = 7 * 24 * 3_600_000;

/** Typing errors before a member has to wait. */
export const MEMBER_FAILURES = 5;

/** An office behind one address types wrong too; somebody who tries many names does more. */
export const ADDRESS_FAILURES = 50;

/** A busy office errs for ever; one error less is held against it after a quiet time, which nobody who guesses leaves. */
export const ADDRESS_FORGETS_MS = 5 * 60_000;

/** The first wait; it doubles with each further failure. */
export const FIRST_BLOCK_MS = 30_000;

/** No longer, so that guessing under somebody's name does not lock the member out for a day. */
export const LONGEST_BLOCK_MS = 15 * 60_000;

/** Failures are forgotten after a day of none. */
export const GUESSES_KEPT_MS = 24 * 3_600_000;

export const RECOVERY_CODES = 10;

/** 15 characters of 32: 75 bits, which no limit of guesses lets anyone find. */
export const RECOVERY_CODE_CHARACTERS = 15;

/** RFC 6238, section 5.2: one step either way for clocks that differ. */
export const TOTP_WINDOW = 1;

/** A provider's page, a password and a second factor there; then the round trip is too old. */
export const OIDC_ROUND_TRIP_MS = 10 * 60_000;

/** Of each request to the provider. */
export const OIDC_TIMEOUT_SECONDS = 10;
