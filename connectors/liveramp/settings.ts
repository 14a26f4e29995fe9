// Where LiveRamp picks the files up, which audience they are of, and which one kind of identifier stands in them.
import type { IdKind } from '../customer-list/id-kind.ts';
import { listFileFields } from '../file-drop/list-destination.ts';
import { type PlaceSettings, placeFields } from '../file-drop/place.ts';
import type { SettingFields } from '../kit/settings.ts';
import { MAX_ROWS_PER_FILE, MIN_ROWS_PER_FILE } from './limits.ts';

export const DATA_TYPES = ['email', 'mobile-advertising-id', 'customer'] as const satisfies readonly IdKind[];
export const PLACES = ['sftp', 's3'] as const;

export interface LiverampSettings extends PlaceSettings {
  readonly data_type: (typeof DATA_TYPES)[number];
  readonly id_header?: string;
  readonly audience_header: string;
  readonly audience_value: string;
  readonly removal: 'deletion-file' | 'none';
  readonly file_prefix: string;
  readonly min_rows_per_file: number;
  readonly max_rows_per_file: number;
}

const header = { pattern: '^[A-Z][A-Z0-9]{0,49}$', maxLength: 50 } as const;

export const settingFields: SettingFields = {
  ...placeFields(PLACES, { host: 'files.liveramp.com' }),
  data_type: {
    type: 'choice',
    title: 'Identifier',
    description: 'The one kind of identifier in the files: known and pseudonymous ones are never mixed.',
    choices: DATA_TYPES,
    required: true,
  },
  id_header: {
    type: 'text',
    title: 'Header of the identifier',
    description: 'Capitals and digits without blanks; left out, it is EMAIL, MAID or CUSTOMERID.',
    ...header,
  },
  audience_header: {
    type: 'text',
    title: 'Header of the audience',
    description: 'Capitals and digits without blanks, the same in each delivery.',
    default: 'AUDIENCE',
    ...header,
  },
  audience_value: {
    type: 'text',
    title: 'Audience',
    description: 'What stands in the column of the audience for everybody in it.',
    required: true,
    pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$',
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description: 'A file of its own whose name says DELETE, as agreed with LiveRamp, or none.',
    choices: ['deletion-file', 'none'],
    default: 'deletion-file',
  },
  min_rows_per_file: {
    type: 'integer',
    title: 'Least rows of a file',
    description: 'A list of fewer is not sent but counted, since LiveRamp would not take it.',
    default: MIN_ROWS_PER_FILE,
    min: 1,
    max: 1_000,
  },
  ...listFileFields({
    prefix: { default: 'ECLUSE', description: 'As agreed with LiveRamp, to know the file by.' },
    maxRows: MAX_ROWS_PER_FILE,
    minRows: MIN_ROWS_PER_FILE,
  }),
};
