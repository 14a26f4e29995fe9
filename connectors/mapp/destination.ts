// Mapp Connect: contacts of Mapp Engage join and leave a group, or an attribute, by user events. Declared as data.
import { defineDestination } from '../kit/define-destination.ts';
import { MappClient } from './client.ts';
import { MAX_BODY_BYTES, MAX_EVENTS_PER_REQUEST } from './limits.ts';
import { batchRules } from './payload.ts';
import { checkSettings, credentialFields, type MappCredentials, type MappSettings, settingFields } from './settings.ts';

export const mapp = defineDestination<MappSettings, MappCredentials>({
  kind: 'mapp',
  title: 'Mapp Connect',
  description: 'Subscribes contacts of Mapp Engage to a group, or sets an attribute of theirs, by user events.',
  authentication: 'signature',
  settingFields,
  credentialFields,
  acceptedIdTypes: ['customer'],
  limits: {
    maxRowsPerBatch: MAX_EVENTS_PER_REQUEST,
    maxBytesPerBatch: MAX_BODY_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics:
      'A removed contact is sent with the flag delete or unsubscribe for the group, or with the attribute set to false, as removal says.',
    erasure:
      'The contact itself is deleted, and the report says erased; with erasure set to removal it leaves as in a removal, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings,
  idTypes: () => ['customer'],
  hosts: (settings) => [new URL(settings.api_url).hostname],
  batchRules,
  client: (options) => new MappClient(options),
});
