// Bounds of event webhooks, each with its reason.

/** How often the log is looked at for events to tell. */
export const TELL_INTERVAL_MS = 1_000;

/** Events told in one go to one address, so that a slow one does not keep the others waiting. */
export const EVENTS_PER_TURN = 50;

/** Standard Webhooks: 15 to 30 seconds for an answer. */
export const ANSWER_TIMEOUT_MS = 20_000;

/** Longer than a turn can take; another process takes over after that. */
export const LEASE_MS = EVENTS_PER_TURN * ANSWER_TIMEOUT_MS + 60_000;

/** The pause after the n-th failure: seconds at first, an hour in the end. It is tried for ever, since no event may be lost. */
export const FIRST_RETRY_MS = 5_000;
export const GREATEST_RETRY_MS = 3_600_000;

/** Each is a row that is looked at every second. */
export const MAX_WEBHOOKS_PER_TENANT = 20;

/** HMAC keys of Standard Webhooks have 24 to 64 bytes. */
export const HMAC_KEY_BYTES = 32;
