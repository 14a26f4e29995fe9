// Bounds of the IAB Data Deletion Request Framework, each with its reason.

export const DDRF_LIMITS = {
  /** A token within a token, with room for long keys and optional parameters. */
  maxTokenBytes: 64 * 1024,
  /** An id longer than this is a load on the table that remembers every one for ever. */
  maxJtiCharacters: 256,
  /** Clocks of two parties. */
  clockSkewSeconds: 60,
  /** A request is made to be sent at once, retries of a day included. */
  requestMaxAgeSeconds: 24 * 3600,
  /** The first party's own token travels through intermediaries: as long as the law gives for the whole request. */
  identityMaxAgeSeconds: 45 * 24 * 3600,
  /** Of the key that acknowledgements are signed with. */
  rsaBits: 2048,
} as const;
