// Bounds of schedules, each with its reason.

/** Platforms take minutes to hours to work through a delivery; a shorter pause only lines deliveries up. */
export const MIN_INTERVAL_MINUTES = 15;

/** A rule that comes to nothing within so many days, such as each 31st of every twelfth month from February on, is a mistake. */
export const HORIZON_DAYS = 4 * 366;

/** Whole deliveries beside deltas, and different times on different days; more is a mistake. */
export const MAX_SCHEDULES_PER_ACTIVATION = 10;

/** Schedules whose time has come that one sweep starts; the next minute takes the others. */
export const MAX_RUNS_AT_ONCE = 200;

/** A run that was denied after it had begun costs an evaluation each time; what denies it seldom changes within minutes. */
export const DENIED_AGAIN_MS = 3_600_000;
