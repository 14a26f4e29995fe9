// Receipts: a `.tlog-proof` for an event, against the earliest checkpoint that covers it, so that it never changes.
import type { Knex } from 'knex';
import { formatProof } from '../../audit/proof.ts';
import { AuditLogError } from './audit-log-error.ts';
import { getEvent } from './audit-log-store.ts';
import { findCoveringCheckpoint } from './checkpoint-service.ts';
import { storedInclusionProof } from './stored-tree.ts';

/** The events that a receipt is handed out for unasked: what left, who approved, what came in, what was erased. */
export const RECEIPT_EVENTS = [
  'delivery.completed',
  'delivery.partial',
  'delivery.failed',
  'approval.granted',
  'approval.refused',
  'load.completed',
  'load.incident',
  'deletion.completed',
  'access.answered',
] as const;

/**
 * The text of the receipt, against a cosigned checkpoint where that is asked for; its `extra` line holds the leaf. Throws `event_unknown` (also for another tenant's event) and
 * `event_not_covered` while no checkpoint covers it: sign one first.
 */
export async function getReceipt(
  knex: Knex,
  of: { eventId: string; tenantId?: string | null },
  { isCosigned }: { isCosigned: boolean } = { isCosigned: false },
): Promise<string> {
  const { index, leaf } = await getEvent(knex, of);
  const checkpoint = await findCoveringCheckpoint(knex, { index, isCosigned });
  if (checkpoint === undefined) throw new AuditLogError('event_not_covered', 'no checkpoint covers this event yet');
  const proof = await storedInclusionProof(knex, { index, size: checkpoint.size });
  return formatProof({ extra: new TextEncoder().encode(leaf), index, proof, checkpoint: checkpoint.note });
}
