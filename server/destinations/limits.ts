// Bounds of asking a platform while somebody waits for the answer.

/** Shorter than the time after which a proxy before this service gives up. */
export const ASK_PLATFORM_MS = 25_000;
