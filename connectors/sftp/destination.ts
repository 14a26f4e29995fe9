// A folder on an SFTP server, declared as data.

import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { dropLimits } from '../file-drop/limits.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { sftpClient } from './client.ts';
import { batchRules } from './payload.ts';
import { checkSettings, credentialFields, type SftpCredentials, type SftpSettings, settingFields } from './settings.ts';

export const sftp = defineDestination<SftpSettings, SftpCredentials>({
  kind: 'sftp',
  title: 'SFTP server',
  description: 'Puts CSV or NDJSON files with a manifest and their SHA-256 onto a server whose host key is pinned.',
  authentication: 'none',
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
  hosts: (settings) => [settings.host],
  batchRules,
  client: sftpClient,
});
