// LiveRamp by files: column-based lists over SFTP or into a bucket. Declared as data.
import { idTypeOf, takesProfile } from '../customer-list/id-kind.ts';
import { listDestination } from '../file-drop/list-destination.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { liverampClient } from './client.ts';
import { MAX_FILE_BYTES, MAX_ROWS_PER_FILE } from './limits.ts';
import { batchRules } from './payload.ts';
import { type LiverampSettings, PLACES, settingFields } from './settings.ts';

/** Addresses are digested as they are typed, in lower case: the rule that these profiles share. */
const PLATFORMS = ['meta', 'snap', 'tiktok', 'linkedin', 'pinterest', 'microsoft'] as const;

export const liveramp = defineDestination<LiverampSettings, PlaceCredentials>({
  kind: 'liveramp',
  title: 'LiveRamp files',
  description: 'Puts column-based lists where LiveRamp picks them up, over SFTP or in a bucket.',
  ...listDestination({ places: PLACES, maxRowsPerFile: MAX_ROWS_PER_FILE, maxFileBytes: MAX_FILE_BYTES }),
  settingFields,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id', 'customer'],
  removal: {
    supported: true,
    semantics: 'Removed ids are a file of their own, whose name says DELETE, where this was agreed with LiveRamp.',
    erasure: 'A file can erase nothing: the person is taken out of the list, and the report says removed_only.',
  },
  idTypes: ({ data_type }) => [idTypeOf(data_type)],
  acceptsProfile: ({ data_type: kind }, profile) =>
    PLATFORMS.some((platform) => takesProfile(profile, { platform, kind })),
  batchRules,
  client: liverampClient,
});
