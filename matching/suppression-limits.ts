// Bounds of suppression lists, each with its reason.

export const SUPPRESSION_LIMITS = {
  /** Keys of one write to the engine: 1 MiB, large enough to amortise it, small enough to keep memory flat. */
  blockKeys: 65_536,
} as const;
