// Bounds of Microsoft Advertising's customer list user data.

/** The reference states no size of a call: a thousand is what others send, and the setting may raise it. */
export const DEFAULT_ITEMS_PER_CALL = 1_000;
export const MAX_ITEMS_PER_CALL = 10_000;
export const MAX_CALL_BYTES = 1_500_000;
export const MIN_INTERVAL_MS = 500;
/** Call rates are counted by the minute, and the answer names no time. */
export const THROTTLE_PAUSE_MS = 60_000;
