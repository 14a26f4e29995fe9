// The rows of the audit log: one leaf an event, numbered without gaps in the order of their transactions.
import type { Knex } from 'knex';
import { type AuditEvent, leafOf } from '../../audit/event.ts';

interface LeafRow {
  leaf_index: number;
  event_id: string;
  leaf: string;
}

/** Appends in the caller's transaction and returns the leaf's index. */
export async function appendEvent(trx: Knex.Transaction, event: AuditEvent): Promise<number> {
  const leaf = Buffer.from(leafOf(event)).toString('utf8');
  if (trx.client.config.client === 'pg') await trx.raw('lock table audit_leaves in share row exclusive mode');
  const last = await trx<LeafRow>('audit_leaves').max({ index: 'leaf_index' }).first();
  const leafIndex = last?.index === undefined || last.index === null ? 0 : Number(last.index) + 1;
  await trx<LeafRow>('audit_leaves').insert({ leaf_index: leafIndex, event_id: event.id, leaf });
  return leafIndex;
}
