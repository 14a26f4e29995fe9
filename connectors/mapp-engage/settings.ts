// Where Mapp Engage picks the files up, and by which column of the import a contact is known.
import { listFileFields } from '../file-drop/list-destination.ts';
import { type PlaceSettings, placeFields } from '../file-drop/place.ts';
import type { SettingFields } from '../kit/settings.ts';
import { MAX_ROWS_PER_FILE } from './limits.ts';

export const PLACES = ['sftp', 'folder'] as const;

export interface MappEngageSettings extends PlaceSettings {
  readonly id_column: string;
  readonly flag_column: string;
  readonly removal: 'flag' | 'file';
  readonly file_prefix: string;
  readonly max_rows_per_file: number;
}

const column = { pattern: '^[A-Za-z][A-Za-z0-9._-]{0,59}$', maxLength: 60 } as const;

export const settingFields: SettingFields = {
  ...placeFields(PLACES),
  id_column: {
    type: 'text',
    title: 'Column of the contact',
    description: 'As the import of the group maps it: an attribute or alias by which Engage knows the contact.',
    default: 'user.Identifier',
    ...column,
  },
  flag_column: {
    type: 'text',
    title: 'Column of the flag',
    description: 'Attribute that is true for whoever is in the audience.',
    default: 'user.CustomAttribute.Audience',
    ...column,
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description: 'In the same file with the flag false, or in a file of its own for an import that unsubscribes.',
    choices: ['flag', 'file'],
    default: 'flag',
  },
  ...listFileFields({
    prefix: { default: 'ecluse', description: 'By which the automated import knows the file.' },
    maxRows: MAX_ROWS_PER_FILE,
  }),
};
