// The hashes of the log's leaves, apart from the leaves: whoever proves one tenant's event needs the hashes of all.
import { createLeafHashes, dropLeafHashes } from '../../audit-log/audit-log-tables.ts';
import type { Migration } from '../migration.ts';

export const leafHashes: Migration = {
  name: '0015-leaf-hashes',
  why: 'Row-level security shows a tenant its own leaves alone, and proofs are made of every hash. A view: no cost, no lock.',
  up: createLeafHashes,
  down: dropLeafHashes,
};
