// Bounds of trying policies on what was decided before.

/** Decisions asked again for one trial: at 0.1 ms each two seconds, and years of releases. */
export const MAX_PAST_DECISIONS = 20_000;

/** Earlier releases that a report names; beyond it, it counts them. */
export const MAX_NAMED_RELEASES = 200;

/** Characters of Cedar in one change; the policies that ship have 20,000. */
export const MAX_POLICY_TEXT = 200_000;

/** A whole history takes seconds; what takes minutes was written to. */
export const TRIAL_MS = 300_000;
