// Bounds of the webhook destination, from the Standard Webhooks specification.

/** "Keep it under 20 kB": receivers may refuse more. */
export const MAX_BODY_BYTES = 20_000;
export const DEFAULT_BODY_BYTES = 19_000;
/** Beside the ids a body holds type, time, delivery and batch. */
export const ENVELOPE_BYTES = 400;
export const MAX_ROWS_PER_BODY = 1_000;
export const MAX_ID_LENGTH = 512;
/** "15 to 30 seconds". */
export const TIMEOUT_MS = 20_000;
/** Signatures older or newer than this are refused by receivers. */
export const TOLERANCE_MS = 300_000;
/** Secrets are 24 to 64 bytes. */
export const SECRET_BYTES = { least: 24, most: 64 } as const;
/** Codes a receiver may name for rows it did not take. */
export const MAX_REJECTION_CODES = 20;
