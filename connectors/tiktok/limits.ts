// Bounds of TikTok's audience mapping. The platform's own page gives none for a call; other connectors send 1,000.

export const DEFAULT_IDS_PER_CALL = 1_000;
export const MAX_IDS_PER_CALL = 10_000;
export const MAX_CALL_BYTES = 2_000_000;
export const MIN_INTERVAL_MS = 200;
/** Limits are by second, minute and day, and the answer names no time: a minute ends the first two. */
export const THROTTLE_PAUSE_MS = 60_000;
