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
  readonly audienceId: string;
  readonly destinationId: string;
  readonly round: number;
  readonly question: ToldQuestion;
  readonly toldAt: string;
  readonly confirmedAt: string | null;
}

const tellings = recordStore('audience_tellings', {
  noun: 'telling',
  mapping: rowMapping<TellingRecord>(['question']),
});

/** Before the first id is sent. A delivery that starts over tells what it had written down. */
export async function keepTelling(tx: AuditedTransaction, telling: Omit<TellingRecord, 'confirmedAt'>): Promise<void> {
  const isKept = (await tellings.find(tx.trx, telling.id)) !== undefined;
  if (!isKept) await tellings.insert(tx, { ...telling, confirmedAt: null });
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
      const before = records.filter(({ round }) => round <= telling.round);
      const last = before.toSorted((one, other) => one.round - other.round || (one.id < other.id ? -1 : 1)).at(-1);
      return { telling, question: last?.question, isConfirmed: last?.confirmedAt != null };
    }),
  );
}
