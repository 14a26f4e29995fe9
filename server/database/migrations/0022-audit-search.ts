// The audit log is searched by actor and time too.
import { addAuditSearch, dropAuditSearch } from '../../audit-log/audit-log-tables.ts';
import type { Migration } from '../migration.ts';

export const auditSearch: Migration = {
  name: '0022-audit-search',
  why: 'Officers search the log by time, actor, event and outcome. One column filled from the leaves, and indexes: minutes on a log of many millions.',
  up: addAuditSearch,
  down: dropAuditSearch,
};
