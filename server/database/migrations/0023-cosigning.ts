// Checkpoints carry witnesses' cosignatures, and a log that was rolled back goes on under another name.
import { addCosigning, dropCosigning } from '../../audit-log/audit-log-tables.ts';
import type { Migration } from '../migration.ts';

export const cosigning: Migration = {
  name: '0023-cosigning',
  why: 'Witnesses elsewhere cosign the log before anything is released. One empty column and one small table.',
  up: addCosigning,
  down: dropCosigning,
};
