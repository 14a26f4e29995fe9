// Which channel the flags serve, what they are called in the tenant's own tool, and where its import finds them.
import { listFileFields } from '../file-drop/list-destination.ts';
import { type PlaceSettings, placeFields } from '../file-drop/place.ts';
import type { SettingFields } from '../kit/settings.ts';
import { MAX_ROWS_PER_FILE } from './limits.ts';

export const PLACES = ['sftp', 's3', 'folder'] as const;
export const CHANNELS = ['email', 'sms', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a person must have agreed to before a tool of the channel is told of them. */
export const PURPOSES_OF: Readonly<Record<Channel, readonly string[]>> = {
  email: ['email-marketing'],
  sms: ['advertising', 'personalisation'],
  push: ['advertising', 'personalisation'],
};

export interface CrmFeedbackSettings extends PlaceSettings {
  readonly channel: Channel;
  readonly record_column: string;
  readonly flag: string;
  readonly file_prefix: string;
  readonly max_rows_per_file: number;
}

const column = { pattern: '^[A-Za-z][A-Za-z0-9._-]{0,59}$', maxLength: 60 } as const;

export const settingFields: SettingFields = {
  ...placeFields(PLACES),
  channel: {
    type: 'choice',
    title: 'Channel',
    description:
      'What the tool sends: it decides which purposes may be served. E-mail needs consent to e-mail marketing.',
    choices: CHANNELS,
    required: true,
  },
  record_column: {
    type: 'text',
    title: 'Column of the record id',
    description: 'As the import of the tool maps it: the id by which it knows the contact.',
    default: 'record_id',
    ...column,
  },
  flag: {
    type: 'text',
    title: 'Name of the flag',
    description: 'A field of the tool that is true for whoever is in the audience, false for whoever left it.',
    required: true,
    ...column,
  },
  ...listFileFields({
    prefix: { default: 'ecluse', description: 'By which an automated import knows the file.' },
    maxRows: MAX_ROWS_PER_FILE,
  }),
};
