// A tenant's own records back to its e-mail, SMS or push tool, flagged by the audience. Declared as data.
import { listDestination } from '../file-drop/list-destination.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { crmFeedbackClient } from './client.ts';
import { MAX_FILE_BYTES, MAX_ROWS_PER_FILE } from './limits.ts';
import { batchRules } from './payload.ts';
import { type CrmFeedbackSettings, PLACES, PURPOSES_OF, settingFields } from './settings.ts';

export const crmFeedback = defineDestination<CrmFeedbackSettings, PlaceCredentials>({
  kind: 'crm-feedback',
  title: 'Flags for your own CRM',
  description: "Gives a tenant's own record ids back as flags, for the import of its e-mail, SMS or push tool.",
  ...listDestination({ places: PLACES, maxRowsPerFile: MAX_ROWS_PER_FILE, maxFileBytes: MAX_FILE_BYTES }),
  settingFields,
  acceptedIdTypes: ['customer'],
  removal: {
    supported: true,
    semantics: 'A record that left the audience is a row whose flag is false; the import of the tool applies it.',
    erasure:
      'The flag is set to false, and the report says removed_only: the record is the tenant’s own, and only the tenant erases it.',
  },
  returnsRecords: true,
  purposesServed: ({ channel }) => PURPOSES_OF[channel],
  idTypes: () => ['customer'],
  batchRules,
  client: crmFeedbackClient,
});
