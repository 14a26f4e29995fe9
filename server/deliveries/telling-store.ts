// What deliveries told their receivers, in the order in which they told it.
import type { Knex } from 'knex';
import type { Telling } from '../../matching/audience-difference.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { ToldBefore, ToldQuestion } from './told-question.ts';

interface TellingRecord {
  /** The delivery. */
  readonly id: string;
  readonly tenantId: string;
  readonly collaborationId: string;
  readonly audienceId: string;
  readonly destinationId: string;
  readonly destinationKind: string;
  /** Null while it is decided. */
  readonly round: number | null;
  readonly question: ToldQuestion | null;
  readonly toldAt: string;
  readonly confirmedAt: string | null;
}

const tellings = recordStore('audience_tellings', {
  noun: 'telling',
  mapping: rowMapping<TellingRecord>(['question']),
});

type Turn = Omit<TellingRecord, 'round' | 'question' | 'confirmedAt'>;

/**
 * Before a delivery is decided: false while another one for the same receiver is, since two that are decided beside each other
 * would not be compared with each other. A delivery that starts over keeps its turn.
 */
export async function takeTurn(tx: AuditedTransaction, turn: Turn): Promise<boolean> {
  // Of a tenant's deliveries to one kind of destination, in whatever collaborations, one takes its turn at a time.
  const receivers = { tenant_id: turn.tenantId, kind: turn.destinationKind };
  await tx.trx('destinations').where(receivers).orderBy('id').forUpdate().select('id');
  const others = (await tx
    .trx('audience_tellings')
    .join('deliveries', 'deliveries.id', 'audience_tellings.id')
    .where({
      'audience_tellings.tenant_id': turn.tenantId,
      'audience_tellings.destination_kind': turn.destinationKind,
    })
    .whereNull('audience_tellings.round')
    .whereIn('deliveries.status', ['queued', 'running'])
    .whereNot({ 'audience_tellings.id': turn.id })
    .first('audience_tellings.id')) as { id: string } | undefined;
  if (others !== undefined) return false;
  const isKept = (await tellings.find(tx.trx, turn.id)) !== undefined;
  if (!isKept) await tellings.insert(tx, { ...turn, round: null, question: null, confirmedAt: null });
  return true;
}

/** Before the first id is sent. A delivery that starts over tells what it had written down. */
export async function keepTelling(
  tx: AuditedTransaction,
  { deliveryId, round, question }: { deliveryId: string; round: number; question: ToldQuestion },
): Promise<void> {
  const unsaid = { id: deliveryId, round: null };
  await tx
    .trx('audience_tellings')
    .where(unsaid)
    .update({ round, question: JSON.stringify(question) });
}

/** Which telling of its destination a delivery is; one that starts over tells under the number it had. */
export async function noteRound(tx: AuditedTransaction, of: { deliveryId: string; round: number }): Promise<void> {
  const row = { delivery_id: of.deliveryId, round: of.round };
  await tx.trx('delivery_rounds').insert(row).onConflict('delivery_id').merge();
}

export async function confirmTelling(tx: AuditedTransaction, deliveryId: string, at: string): Promise<void> {
  await tx.trx('audience_tellings').where({ id: deliveryId }).update({ confirmed_at: at });
}

/** The question of each telling: that of its own delivery, or of the one before, from which only removals can lead to it. */
export async function questionsTold(knex: Knex, told: readonly Telling[]): Promise<ToldBefore[]> {
  return Promise.all(
    told.map(async (telling) => {
      const where = { audience_id: telling.audience, destination_id: telling.destination };
      const records = await tellings.listAll(knex, where);
      const before = records.flatMap(({ round, ...record }) => (round === null ? [] : [{ ...record, round }]));
      const last = before
        .filter(({ round }) => round <= telling.round)
        .toSorted((one, other) => one.round - other.round || (one.id < other.id ? -1 : 1))
        .at(-1);
      return { telling, question: last?.question ?? undefined, isConfirmed: last?.confirmedAt != null };
    }),
  );
}
