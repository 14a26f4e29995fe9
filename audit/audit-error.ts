// The one error of the audit part: a closed union of codes, so that a caller can tell a broken file from a broken promise.

export type AuditErrorCode =
  | 'json_invalid'
  | 'event_invalid'
  | 'key_malformed'
  | 'note_malformed'
  | 'signature_missing'
  | 'signature_invalid'
  | 'checkpoint_malformed'
  | 'checkpoint_origin'
  | 'tile_malformed'
  | 'proof_malformed'
  | 'proof_invalid'
  | 'range_invalid'
  | 'policy_malformed'
  | 'request_malformed'
  | 'quorum_missing';

/** `*_malformed`: the bytes are not in the format. `*_invalid`, `*_missing`: well-formed, and not true. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string) {
    super(message);
    this.name = 'AuditError';
    this.code = code;
  }
}
