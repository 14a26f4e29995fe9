// The settings that every place for files shares: in which form the rows are written.
import { ACTIVATION_ID_TYPES, type ActivationIdType } from '../../identifiers/identifier.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_ROWS_PER_FILE, MAX_ROWS_PER_FILE } from './limits.ts';

export interface FormSettings {
  readonly format: 'csv' | 'ndjson';
  readonly id_type: ActivationIdType;
  readonly gzip: boolean;
  readonly formula_ids: 'refuse' | 'keep';
  readonly max_rows_per_file: number;
}

export const formFields: SettingFields = {
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
