// What a load is asked and what it answers. A refused row is a reject with a code; a file that cannot be loaded at all
// is a LoadFailure. Neither ever carries a value of the file.
import type { Readable } from 'node:stream';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import type { IdentifierType } from '../identifiers/identifier.ts';

export type UploadFormat = 'csv' | 'ndjson' | 'parquet';
export type UploadCompression = 'none' | 'gzip' | 'zstd';
export type LoadMode = 'replace' | 'upsert' | 'delete';

export interface UploadSource {
  /** The bytes as the partner sent them, already decrypted; opened once. */
  open(): Readable;
  /** The same in memory that is used again: each block is valid until the next is asked for. */
  readonly blocks?: () => AsyncIterable<Buffer>;
  readonly format: UploadFormat;
  readonly compression: UploadCompression;
  /** SHA-256 of those bytes, 64 lower-case hex digits. */
  readonly sha256: string;
}

export interface LoadProgress {
  readonly phase: 'reading' | 'storing';
  readonly rows: number;
  readonly bytes: number;
}

export interface LoadRequest {
  readonly source: UploadSource;
  readonly schema: DatasetSchema;
  readonly mode: LoadMode;
  /** The version that upsert and delete start from; without one they start from nothing. */
  readonly previousVersion?: string;
  /** The new version; its tables are invisible until the control plane points at it. */
  readonly version: string;
  /** 32 bytes. */
  readonly tenantKey: Uint8Array;
  /** Whose rows are refused, whatever else they hold. */
  readonly erased?: ErasedKeys | undefined;
  /** A folder for spilled columns and rejects; the caller removes it once the rejects are read. */
  readonly scratchDir: string;
  readonly limits?: Partial<LoadLimits>;
  onProgress?(progress: LoadProgress): void;
  readonly signal?: AbortSignal;
}

/** Match keys of erased persons, sixteen bytes each: of their identifiers, and of their record ids in this dataset. */
export interface ErasedKeys {
  readonly keys: Uint8Array;
  readonly recordKeys: Uint8Array;
}

export interface LoadLimits {
  readonly maxDecompressedBytes: number;
  readonly maxDecompressionRatio: number;
  readonly maxRecordBytes: number;
  readonly maxRows: number;
  /** Full chunks of keys and attributes beyond this lie in the scratch folder instead of memory. */
  readonly maxColumnBytes: number;
}

export const REJECT_CODES = [
  'column_count',
  'line_malformed',
  'digest_malformed',
  'digest_uppercase',
  'record_id_missing',
  'record_id_malformed',
  'record_id_duplicate',
  'no_identifier',
  'attribute_invalid',
  'consent_invalid',
  'activation_id_invalid',
  'event_time_invalid',
  'person_erased',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

export interface Reject {
  /** 1-based number of the data row; the header and blank lines do not count. */
  readonly row: number;
  /** The column, or null where the row as a whole is meant. */
  readonly field: string | null;
  readonly code: RejectCode;
  readonly hint: string;
}

/** The consent facts that some persons have on record; `destinations` empty means: those declared for the dataset. */
export interface LoadedConsentClass {
  readonly id: number;
  readonly source: 'purposes-column' | 'none';
  readonly grants: readonly { readonly purpose: string; readonly destinations: readonly string[] }[];
}

export interface LoadOutcome {
  readonly received: number;
  readonly accepted: number;
  readonly rejected: Readonly<Partial<Record<RejectCode, number>>>;
  /** Rows of the new version: after an upsert or a delete those of earlier loads, too. */
  readonly records: number;
  /** Persons of the new version, whatever the mode. */
  readonly persons: number;
  /** Distinct keys of the new version. */
  readonly keysByType: Readonly<Partial<Record<IdentifierType, number>>>;
  /** Bytes read after decompression. */
  readonly bytes: number;
  readonly consentClasses: readonly LoadedConsentClass[];
  /** In file order; read from the scratch folder. */
  readonly rejects: AsyncIterable<Reject[]>;
}

export type LoadFailureCode =
  | 'cleartext_identifier'
  | 'column_missing'
  | 'column_unknown'
  | 'column_duplicate'
  | 'file_empty'
  | 'file_malformed'
  | 'encoding_invalid'
  | 'compression_invalid'
  | 'compression_truncated'
  | 'decompression_limit'
  | 'sha256_mismatch'
  | 'quote_unterminated'
  | 'quote_malformed'
  | 'field_too_long'
  | 'row_limit'
  | 'category_limit'
  | 'consent_limit'
  | 'record_id_column_missing'
  | 'schema_changed'
  | 'source_unreadable'
  | 'load_aborted';

export class LoadFailure extends Error {
  readonly code: LoadFailureCode;
  readonly hint: string;
  readonly row: number | undefined;
  readonly field: string | undefined;

  constructor(code: LoadFailureCode, at: { hint: string; row?: number | undefined; field?: string | undefined }) {
    super(`load: ${code}`);
    this.name = 'LoadFailure';
    this.code = code;
    this.hint = at.hint;
    this.row = at.row;
    this.field = at.field;
  }
}

export const REJECT_HINTS: Readonly<Record<RejectCode, string>> = {
  column_count: 'the row has more or fewer fields than the header',
  line_malformed: 'the line is not one JSON object of strings, numbers, booleans and nulls',
  digest_malformed: 'expected 64 lower-case hex digits, made by the partner tool or its SQL',
  digest_uppercase: 'the digest is in capitals; write hex digits in lower case',
  record_id_missing: 'every row needs its record id',
  record_id_malformed: 'a record id has at most 256 bytes',
  record_id_duplicate: 'an earlier row has this record id; only schemas with an event-time column may repeat it',
  no_identifier: 'the row has no identifier, so nobody can be matched by it',
  attribute_invalid: 'the value does not fit the kind declared in the schema',
  consent_invalid: 'expected purposes such as "advertising;measurement@xandr"',
  activation_id_invalid: 'the value does not fit the activation id type declared in the schema',
  event_time_invalid: 'expected an RFC 3339 date or date-time',
  person_erased: 'the person was erased and does not come back; take the row out of the file',
};
