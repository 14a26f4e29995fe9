// Files in a folder of the operator's, declared as data: for platforms that fetch, and for people who look first.
import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { FileClient } from './client.ts';
import { MAX_FILE_BYTES, MAX_ROWS_PER_FILE } from './limits.ts';
import { batchRules } from './payload.ts';
import { type FileSettings, settingFields } from './settings.ts';

export const file = defineDestination<FileSettings, Record<string, never>>({
  kind: 'file',
  title: 'Files in a folder',
  description: 'Writes CSV or NDJSON files with a manifest and its SHA-256 below the export folder of this service.',
  authentication: 'none',
  settingFields,
  credentialFields: {},
  acceptedIdTypes: ACTIVATION_ID_TYPES,
  limits: {
    maxRowsPerBatch: MAX_ROWS_PER_FILE,
    maxBytesPerBatch: MAX_FILE_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed id is a row whose change is "remove"; whoever reads the files applies it.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: (settings) => [settings.id_type],
  hosts: () => [],
  batchRules,
  client: (options) => new FileClient(options),
});
