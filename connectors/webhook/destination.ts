// Signed messages to an address of the member's own, declared as data: Standard Webhooks.
import { ACTIVATION_ID_TYPES } from '../../identifiers/identifier.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { WebhookClient } from './client.ts';
import { MAX_BODY_BYTES, MAX_ROWS_PER_BODY } from './limits.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  settingFields,
  type WebhookCredentials,
  type WebhookSettings,
} from './settings.ts';

export const webhook = defineDestination<WebhookSettings, WebhookCredentials>({
  kind: 'webhook',
  title: 'Webhook',
  description: 'Posts signed messages of added and removed ids, as Standard Webhooks defines them.',
  authentication: 'signature',
  settingFields,
  credentialFields,
  acceptedIdTypes: ACTIVATION_ID_TYPES,
  limits: {
    maxRowsPerBatch: MAX_ROWS_PER_BODY,
    maxBytesPerBatch: MAX_BODY_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed id stands in data.removed of a message; the receiver applies it.',
    erasure:
      'The message is of the type audience.erased: the receiver is asked to erase. What it did is not known here, so the report says removed_only.',
  },
  consentFields: [],
  checkSettings,
  idTypes: (settings) => [settings.id_type],
  hosts: (settings) => [new URL(settings.url).hostname],
  batchRules,
  client: (options) => new WebhookClient(options),
});
