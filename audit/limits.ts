// Every bound of the audit log in one place, each with its reason.

/** tlog-tiles gives an entry's length two bytes. */
export const MAX_ENTRY_BYTES = 65_535;

/** Deeper JSON than this is an attack on the stack or a cycle; an event needs about six levels. */
export const MAX_JSON_DEPTH = 512;

/** signed-note asks for at least 16; more leaves room for a quorum of witnesses and still bounds the work. */
export const MAX_NOTE_SIGNATURES = 100;

/** A checkpoint with 100 post-quantum signatures of 5 kB stays below; anything larger is not a note of ours. */
export const MAX_NOTE_BYTES = 512 * 1024;

/** A tree of 2^63 leaves has an inclusion path of 63 hashes; tlog-witness caps consistency proofs at 63 lines too. */
export const MAX_PROOF_HASHES = 63;

/** A receipt is one note, 63 proof lines and a little opaque extra data. */
export const MAX_RECEIPT_BYTES = 1024 * 1024;

/** A policy of 32 logs, 32 witnesses and 32 groups, with their URLs and comments, stays far below. */
export const MAX_POLICY_BYTES = 256 * 1024;
