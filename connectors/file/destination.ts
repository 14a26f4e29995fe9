// Files in a folder of the operator's, declared as data: for platforms that fetch, and for people who look first.

import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { dropLimits } from '../file-drop/limits.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { fileClient } from './client.ts';
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
  limits: dropLimits,
  removal: {
    supported: true,
    semantics: 'A removed id is a row whose change is "remove"; whoever reads the files applies it.',
    erasure:
      'A file can erase nothing: the row says "remove", and the report says removed_only. Whoever reads the files erases.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: (settings) => [settings.id_type],
  hosts: () => [],
  batchRules,
  client: fileClient,
});
