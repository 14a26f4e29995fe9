// Kameleoon: the audiences of a visitor as external data, for personalisation on the site. Declared as data.
import { defineDestination } from '../kit/define-destination.ts';
import { KameleoonClient } from './client.ts';
import { MAX_BODY_BYTES, MAX_KEYS_PER_REQUEST, MIN_INTERVAL_MS } from './limits.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  type KameleoonCredentials,
  type KameleoonSettings,
  settingFields,
} from './settings.ts';

export const kameleoon = defineDestination<KameleoonSettings, KameleoonCredentials>({
  kind: 'kameleoon',
  title: 'Kameleoon',
  description: "Writes an audience into visitors' external data, for personalisation on the site.",
  authentication: 'token',
  settingFields,
  credentialFields,
  acceptedIdTypes: ['customer'],
  accountSettings: ['api_url', 'site_code'],
  limits: {
    maxRowsPerBatch: MAX_KEYS_PER_REQUEST,
    maxBytesPerBatch: MAX_BODY_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics:
      "A removed visitor's key is sent with an empty map and goes; or the field alone, or all that Kameleoon knows of the visitor, as removal says.",
    erasure:
      "Whatever removal says, the visitor's key goes and /visit/forget asks for all that Kameleoon knows of the visitor; the report says erased.",
  },
  consentFields: [],
  checkSettings,
  idTypes: () => ['customer'],
  hosts: (settings) => [new URL(settings.api_url).hostname, new URL(settings.token_url).hostname],
  batchRules,
  client: (options) => new KameleoonClient(options),
});
