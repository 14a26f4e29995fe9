// Where files go, below the folder that the operator has set aside, and in which form.
import { ACTIVATION_ID_TYPES, type ActivationIdType } from '../../identifiers/identifier.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_ROWS_PER_FILE, MAX_ROWS_PER_FILE } from './limits.ts';

export interface FileSettings {
  readonly folder: string;
  readonly format: 'csv' | 'ndjson';
  readonly id_type: ActivationIdType;
  readonly gzip: boolean;
  readonly formula_ids: 'refuse' | 'keep';
  readonly max_rows_per_file: number;
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
  format: {
    type: 'choice',
    title: 'Format',
    description: 'CSV with a header, or one JSON object a line.',
    choices: ['csv', 'ndjson'],
    default: 'csv',
  },
  id_type: {
    type: 'choice',
    title: 'Id type',
    description: 'Which activation ids are written.',
    choices: ACTIVATION_ID_TYPES,
    required: true,
  },
  gzip: { type: 'boolean', title: 'Compress', description: 'Write files packed with gzip.', default: false },
  formula_ids: {
    type: 'choice',
    title: 'Formulas',
    description: 'Leave out ids that a spreadsheet would run as a formula, or keep them for machines alone.',
    choices: ['refuse', 'keep'],
    default: 'refuse',
  },
  max_rows_per_file: {
    type: 'integer',
    title: 'Rows per file',
    description: 'A larger delivery is written as several files.',
    default: DEFAULT_ROWS_PER_FILE,
    min: 1,
    max: MAX_ROWS_PER_FILE,
  },
};
