// Contributions in the database.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { Contribution } from './contribution.ts';

export const contributions = recordStore('contributions', {
  noun: 'contribution',
  mapping: rowMapping<Contribution>(['rule']),
});
