// Bounds of the segment language, in a single place for auditing; each with its reason.

export const SEGMENT_LIMITS = {
  /** Characters of a segment's text: a screenful of rule, small enough to parse and to show in an error at once. */
  maxTextLength: 20_000,
  /** Nesting of groups: nobody reads deeper, and the readers below recurse. */
  maxDepth: 20,
  /** Criteria of one segment: each is a column that the engine reads. */
  maxCriteria: 64,
  /** Values of one IN list: a list this long is an upload of identifiers in disguise. */
  maxListValues: 200,
  /** Characters of a quoted value: categories have at most 64. */
  maxStringLength: 256,
  /** Characters of an alias or attribute name. */
  maxNameLength: 128,
  /** Issues told at once, so that a hostile document does not become a long answer. */
  maxIssues: 20,
} as const;
