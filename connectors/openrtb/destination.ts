// Audiences for bidders to ask for, one person at a time: `user.data` and `user.eids` of OpenRTB. Declared as data.
import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { OpenrtbClient } from './client.ts';
import { MAX_BATCH_BYTES, MAX_ROWS_PER_BATCH } from './limits.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  type OpenrtbCredentials,
  type OpenrtbSettings,
  settingFields,
} from './settings.ts';

export const openrtb = defineDestination<OpenrtbSettings, OpenrtbCredentials>({
  kind: 'openrtb',
  title: 'OpenRTB for bidders',
  description: 'Answers a bidder, at a signed endpoint of this service, whether persons it meets are in the audience.',
  authentication: 'none',
  settingFields,
  credentialFields,
  acceptedIdTypes: ACTIVATION_ID_TYPES.filter((type) => type !== 'platform-digest'),
  limits: {
    maxRowsPerBatch: MAX_ROWS_PER_BATCH,
    maxBytesPerBatch: MAX_BATCH_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed id is answered from that moment on like one that nobody knows.',
    erasure:
      'The digest of the id is deleted from the file that bidders are answered from, and the report says erased.',
  },
  consentFields: [],
  checkSettings,
  idTypes: ({ id_type }) => [id_type],
  hosts: () => [],
  batchRules,
  client: (options) => new OpenrtbClient(options),
});
