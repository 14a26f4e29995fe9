// The rows of the privacy ledger: debits and the answers that they paid for. Debits of one collaboration go one after the other.
import type { Knex } from 'knex';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

/** `drawn`: noise was drawn under it, and whatever follows, it is spent. */
export type DebitState = 'reserved' | 'drawn' | 'answered' | 'refunded';

export interface Debit {
  readonly id: string;
  readonly collaborationId: string;
  readonly tenantId: string;
  /** The run or audience that it pays for; each is paid for once. */
  readonly subjectId: string;
  readonly snapshot: string;
  readonly question: string;
  /** Whole 10⁻¹² ρ. */
  readonly cost: number;
  readonly state: DebitState;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

export const debits = recordStore('privacy_debits', { noun: 'debit', mapping: rowMapping<Debit>() });

/** What an answer is an answer to. */
export interface AnswerKey {
  readonly collaborationId: string;
  readonly snapshot: string;
  readonly question: string;
}

/** Until the end of the transaction nobody else debits this collaboration. */
export async function lockAccount(tx: AuditedTransaction, collaborationId: string): Promise<void> {
  const account = { collaboration_id: collaborationId };
  await tx
    .trx('privacy_accounts')
    .insert({ ...account, debits: 0 })
    .onConflict('collaboration_id')
    .ignore();
  await tx.trx('privacy_accounts').where(account).increment('debits', 1);
}

/** Nor any of these datasets, in whatever collaboration; in one order, so that no two callers wait for each other. */
export async function lockDatasets(tx: AuditedTransaction, datasetIds: readonly string[]): Promise<void> {
  for (const id of [...new Set(datasetIds)].sort()) await tx.trx('datasets').where({ id }).forUpdate().first('id');
}

/** Whole 10⁻¹² ρ that were spent or are reserved since an instant. */
export async function sumSince(knex: Knex, of: { collaborationId: string; since: string }): Promise<bigint> {
  const row = await knex('privacy_debits')
    .where({ collaboration_id: of.collaborationId })
    .where('created_at', '>', of.since)
    .whereNot({ state: 'refunded' })
    .sum<{ spent: number | string | null }[]>({ spent: 'cost' });
  return BigInt(row[0]?.spent ?? 0);
}

export async function findDebitOf(knex: Knex, subjectId: string): Promise<Debit | undefined> {
  const [found] = await debits.listAll(knex, { subject_id: subjectId });
  return found;
}

/** Moves a debit on, and tells whether it was where the caller took it to be. */
export async function moveDebit(
  tx: AuditedTransaction,
  debitId: string,
  move: { from: DebitState; to: DebitState; at: string },
): Promise<boolean> {
  const place = { id: debitId, state: move.from };
  const moved = await tx.trx('privacy_debits').where(place).update({ state: move.to, settled_at: move.at });
  return moved === 1;
}

export async function findAnswer(knex: Knex, key: AnswerKey): Promise<NoisedAnswer | undefined> {
  const row = (await knex('privacy_answers').where(columnsOf(key)).first('answer')) as { answer: string } | undefined;
  return row && (JSON.parse(row.answer) as NoisedAnswer);
}

export async function insertAnswer(
  tx: AuditedTransaction,
  key: AnswerKey,
  kept: { debitId: string; answer: NoisedAnswer; at: string },
): Promise<void> {
  await tx.trx('privacy_answers').insert({
    ...columnsOf(key),
    debit_id: kept.debitId,
    answer: JSON.stringify(kept.answer),
    created_at: kept.at,
  });
}

function columnsOf({ collaborationId, snapshot, question }: AnswerKey) {
  return { collaboration_id: collaborationId, snapshot, question };
}
