// Every bound of what may leave, in one place so that it can be audited.

export const DEFAULTS = {
  /** Persons: a figure or an audience below it does not leave. Contributors may ask for more, nobody for less. */
  privacyThreshold: 50,
  /** Counts leave as multiples of this, so that one person more or less is rarely seen. */
  roundTo: 10,
  /** Above it a match rate reads ">85%": near 100 % it would tell of each listed person that they are a customer. */
  matchRateCapPercent: 85,
} as const;
