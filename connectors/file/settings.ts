// Where files go, below the folder that the operator has set aside, and in which form.
import { type FormSettings, formFields } from '../file-drop/settings.ts';
import type { SettingFields } from '../kit/settings.ts';

export interface FileSettings extends FormSettings {
  readonly folder: string;
}

export const settingFields: SettingFields = {
  folder: {
    type: 'text',
    title: 'Folder',
    description:
      'Path below the export folder of this service: names of letters, digits, dot, dash and underscore, parted by /.',
    required: true,
    pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,7}$',
    maxLength: 200,
  },
  ...formFields,
};
