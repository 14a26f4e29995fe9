// Bounds of asking a platform while somebody waits for the answer, and of the turns that workers take at one.

/** Shorter than the time after which a proxy before this service gives up. */
export const ASK_PLATFORM_MS = 25_000;

/** A worker that says nothing for so long has lost its turn, as it has lost its jobs. */
export const PACE_LEASE_MS = 30_000;
/** Six chances to renew it before it runs out. */
export const PACE_RENEWAL_MS = 5_000;
/** How often a worker looks whether a turn that is held has ended. */
export const PACE_LOOK_MS = 100;
/** A worker that waits says so anew twice in this time; one that gave up is not waited for longer. */
export const PACE_WANT_MS = 5_000;
