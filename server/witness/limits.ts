// Bounds of a witness, each with its reason.
import { MAX_NOTE_BYTES, MAX_RECEIPT_BYTES } from '../../audit/limits.ts';

/** A request is a note and 63 hashes, a rollback one receipt. */
export const MAX_BODY_BYTES = Math.max(MAX_NOTE_BYTES + 8 * 1024, MAX_RECEIPT_BYTES);

/** A log that sends slower than this has gone away. */
export const REQUEST_TIMEOUT_MS = 10_000;
