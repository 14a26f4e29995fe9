// What destinations have in common that take lists as files in a place: nobody signs in, nothing is polled, no consent travels.
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_ROWS_PER_FILE } from './limits.ts';
import { type Place, placeCredentialFields, placeFaults, placeHosts } from './place.ts';

interface ListDrop {
  readonly places: readonly Place[];
  readonly maxRowsPerFile: number;
  readonly maxFileBytes: number;
}

/** To be spread into a declaration. */
export function listDestination({ places, ...most }: ListDrop) {
  return {
    authentication: 'none' as const,
    credentialFields: placeCredentialFields(places),
    limits: {
      maxRowsPerBatch: most.maxRowsPerFile,
      maxBytesPerBatch: most.maxFileBytes,
      minIntervalMs: 0,
      pollIntervalMs: 0,
      maxPollMs: 0,
    },
    consentFields: [],
    checkSettings: placeFaults,
    hosts: placeHosts,
  };
}

interface ListFileFields {
  readonly prefix: { readonly default: string; readonly description: string };
  readonly maxRows: number;
  /** One where the platform takes a file of any length. */
  readonly minRows?: number;
}

/** How the files are called and how long they may be. */
export function listFileFields({ prefix, maxRows, minRows = 1 }: ListFileFields) {
  return {
    file_prefix: {
      type: 'text',
      title: 'Beginning of file names',
      ...prefix,
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$',
    },
    max_rows_per_file: {
      type: 'integer',
      title: 'Rows per file',
      description: 'A larger delivery is written as several files.',
      default: Math.min(maxRows, DEFAULT_ROWS_PER_FILE),
      min: minRows,
      max: maxRows,
    },
  } as const satisfies SettingFields;
}
