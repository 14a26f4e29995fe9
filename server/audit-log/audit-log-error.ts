// What can be wrong with the stored log: a closed union of codes. The first three stop every release.

export type AuditLogErrorCode =
  | 'log_inconsistent'
  | 'log_rolled_back'
  | 'quorum_missing'
  | 'event_unknown'
  | 'event_not_covered'
  | 'range_not_covered'
  | 'id_too_long';

export class AuditLogError extends Error {
  readonly code: AuditLogErrorCode;

  constructor(code: AuditLogErrorCode, message: string) {
    super(message);
    this.name = 'AuditLogError';
    this.code = code;
  }
}
