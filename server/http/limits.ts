// Bounds of the HTTP surface, each with its reason.

/** Ten thousand suppression digests are 700 kB; everything else is far smaller. Files go by tus. */
export const MAX_JSON_BYTES = 1_000_000;

/** A day, as long as a client may sensibly retry. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000;

/** No request runs for two minutes; after that its process is gone. */
export const IDEMPOTENCY_STALE_MS = 120_000;

/** Headers and JSON bodies must arrive within this; uploads are exempt. */
export const HEADERS_TIMEOUT_MS = 30_000;

/** `last_used_at` of an API key is written at most this often. */
export const TOUCH_INTERVAL_MS = 3_600_000;

/** Open connections end within this on shutdown. */
export const SHUTDOWN_GRACE_MS = 5_000;

/** Questions of access whose answer is remembered, some hundred bytes each: those of a thousand members at work. */
export const MAX_KEPT_ANSWERS = 10_000;
