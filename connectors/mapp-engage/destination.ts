// Mapp Engage by files that its import reads into a group. Declared as data.
import { listDestination } from '../file-drop/list-destination.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { mappEngageClient } from './client.ts';
import { MAX_FILE_BYTES, MAX_ROWS_PER_FILE } from './limits.ts';
import { batchRules } from './payload.ts';
import { type MappEngageSettings, PLACES, settingFields } from './settings.ts';

export const mappEngage = defineDestination<MappEngageSettings, PlaceCredentials>({
  kind: 'mapp-engage',
  title: 'Mapp Engage import',
  description: 'Puts files where Mapp Engage imports them into a group, over SFTP or below the export folder.',
  ...listDestination({ places: PLACES, maxRowsPerFile: MAX_ROWS_PER_FILE, maxFileBytes: MAX_FILE_BYTES }),
  settingFields,
  acceptedIdTypes: ['customer'],
  removal: {
    supported: true,
    semantics: 'A removed contact is a row whose flag is false, or stands in a file for an import that unsubscribes.',
    erasure: 'An import can erase nothing: the contact leaves the audience, and the report says removed_only.',
  },
  idTypes: () => ['customer'],
  batchRules,
  client: mappEngageClient,
});
