// The audit log's leaves, the edge of its tree, its tile hashes and its signed checkpoints.
import { createAuditLogTables, dropAuditLogTables } from '../../audit-log/audit-log-tables.ts';
import type { Migration } from '../migration.ts';

export const auditLog: Migration = {
  name: '0006-audit-log',
  why: 'Every change leaves a leaf here, in its own transaction, under a root that is signed. New tables only.',
  up: createAuditLogTables,
  down: dropAuditLogTables,
};
