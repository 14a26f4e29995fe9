// A bucket of S3 or of any store compatible with it, declared as data.

import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { dropLimits } from '../file-drop/limits.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { s3Client } from './client.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  hostOf,
  type S3Credentials,
  type S3Settings,
  settingFields,
} from './settings.ts';

export const s3 = defineDestination<S3Settings, S3Credentials>({
  kind: 's3',
  title: 'S3 bucket',
  description: 'Puts CSV or NDJSON files with a manifest and their SHA-256 into a bucket, signed with SigV4.',
  authentication: 'signature',
  settingFields,
  credentialFields,
  acceptedIdTypes: ACTIVATION_ID_TYPES,
  limits: dropLimits,
  removal: {
    supported: true,
    semantics: 'A removed id is a row whose change is "remove"; whoever reads the files applies it.',
    erasure:
      'A file can erase nothing: the row says "remove", and the report says removed_only. Whoever reads the files erases.',
  },
  consentFields: [],
  checkSettings,
  idTypes: (settings) => [settings.id_type],
  hosts: (settings) => [hostOf(settings)],
  batchRules,
  client: s3Client,
});
