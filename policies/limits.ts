// Every bound of what may leave, in one place so that it can be audited.

export const DEFAULTS = {
  /** Persons: a figure or an audience below it does not leave. Contributors may ask for more, nobody for less. */
  privacyThreshold: 50,
  /** Counts leave as multiples of this, so that one person more or less is rarely seen. */
  roundTo: 10,
  /** Above it a match rate reads ">85%": near 100 % it would tell of each listed person that they are a customer. */
  matchRateCapPercent: 85,
  /** Persons by which an audience differs from an earlier one, each way, unless it does not differ at all. */
  audienceDifference: 50,
  /** Answers drawn and audiences delivered that a pair of tenants may have within 24 hours. */
  releasesPerDay: 100,
} as const;

/** How far members may go when they agree on terms of their own. Beyond it the noise would protect in name alone. */
export const PRIVACY_BOUNDS = {
  epsilon: { min: 0.1, max: 10 },
  /** Well below one in the number of persons of a country. */
  delta: { min: 1e-12, max: 1e-5 },
  sigma: { min: 10, max: 10_000 },
  maxGroups: { min: 1, max: 20 },
  perGroup: { min: 1, max: 20 },
  periodDays: { min: 1, max: 366 },
  minimumListPersons: { min: 100, max: 1_000_000 },
  minimumAudiencePersons: { min: DEFAULTS.privacyThreshold, max: 10_000_000 },
  decisionSigma: { min: 10, max: 10_000 },
} as const;
