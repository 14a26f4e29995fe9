// The budget of a collaboration, and of each of its datasets towards each partner. It holds for the persons, not for a load of them: what was asked of an earlier snapshot within
// the period is spent for the next one too, since nobody can be told which persons two snapshots share without telling of them.
import type { Knex } from 'knex';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import { openLedger, type PicoRho, spend } from '../../policies/privacy-budget.ts';
import type { PrivacyTerms } from '../../policies/privacy-terms.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { newId } from '../ids.ts';
import { forgetDatasetDebits, insertDatasetDebits, type LedgerDataset, listDatasetBudgets } from './dataset-budget.ts';
import {
  type AnswerKey,
  type Debit,
  debits,
  findAnswer,
  findDebitOf,
  insertAnswer,
  lockAccount,
  lockDatasets,
  moveDebit,
  sumSince,
} from './privacy-ledger-store.ts';
import { forgetRelease, recordRelease } from './releases.ts';

export interface Budget {
  readonly whole: PicoRho;
  readonly spent: PicoRho;
  readonly left: PicoRho;
  /** Debits since then count. */
  readonly since: string;
}

export interface LedgerQuestion {
  readonly collaborationId: string;
  readonly terms: PrivacyTerms;
  readonly now: string;
  /** What is asked of, wherever else it is contributed. */
  readonly datasets: readonly LedgerDataset[];
}

const DAY_MS = 86_400_000;

/**
 * Of the budgets of the collaboration and of its datasets the one of which least is left. A period slides: at any instant the
 * debits of the last so many days count, so that no boundary allows twice as much.
 */
export async function getBudget(knex: Knex, question: LedgerQuestion): Promise<Budget> {
  const { collaborationId, terms, now, datasets } = question;
  const { periodDays } = terms;
  const since = new Date(Date.parse(now) - periodDays * DAY_MS).toISOString();
  const { budget: whole } = openLedger(terms);
  const spent = await sumSince(knex, { collaborationId, since });
  const ofDatasets = await listDatasetBudgets(knex, { datasets, whole, periodDays, now });
  return [{ whole, spent, since }, ...ofDatasets]
    .map((budget) => ({ ...budget, left: budget.spent < budget.whole ? budget.whole - budget.spent : 0n }))
    .reduce((least, budget) => (budget.left < least.left ? budget : least));
}

export type Reservation = { readonly ok: true; readonly debit: Debit } | { readonly ok: false; readonly left: PicoRho };

export interface LedgerWish {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly snapshot: string;
  readonly question: string;
  readonly cost: PicoRho;
  /** An answer that somebody will read is a release; what only decides is none. */
  readonly isRelease: boolean;
}

/** Reserves the cost, or tells what is left. Of any number of callers who want the last unit, one gets it. */
export async function reserve(
  tx: AuditedTransaction,
  question: LedgerQuestion,
  wish: LedgerWish,
): Promise<Reservation> {
  await lockAccount(tx, question.collaborationId);
  await lockDatasets(
    tx,
    question.datasets.map(({ datasetId }) => datasetId),
  );
  const { whole, spent, left } = await getBudget(tx.trx, question);
  const spending = spend({ budget: whole, spent }, wish.cost);
  if (!spending.ok) return { ok: false, left };
  const debit: Debit = {
    id: newId('deb'),
    collaborationId: question.collaborationId,
    tenantId: wish.tenantId,
    subjectId: wish.subjectId,
    snapshot: wish.snapshot,
    question: wish.question,
    cost: Number(wish.cost),
    state: 'reserved',
    createdAt: question.now,
    settledAt: null,
  };
  await debits.insert(tx, debit);
  const { terms, now, datasets } = question;
  const { budget } = openLedger(terms);
  const row = { id: debit.id, cost: wish.cost, whole: budget, periodDays: terms.periodDays, at: now };
  await insertDatasetDebits(tx, row, datasets);
  if (wish.isRelease) {
    const tenants = [wish.tenantId, ...datasets.map(({ tenantId }) => tenantId)];
    await recordRelease(tx, { subjectId: wish.subjectId, tenants, at: now });
  }
  return { ok: true, debit };
}

/** Noise is about to be drawn: from here on the debit is spent, come what may. False if it was drawn under before. */
export function beginDraw(tx: AuditedTransaction, debitId: string, at: string): Promise<boolean> {
  return moveDebit(tx, debitId, { from: 'reserved', to: 'drawn', at });
}

/** Keeps the answer with its debit, in the transaction that makes it visible. Throws unless noise was drawn under this debit. */
export async function keepAnswer(
  tx: AuditedTransaction,
  debit: Debit,
  kept: { answer: NoisedAnswer; at: string },
): Promise<void> {
  const moved = await moveDebit(tx, debit.id, { from: 'drawn', to: 'answered', at: kept.at });
  if (!moved) throw new Error('an answer without a debit');
  await insertAnswer(tx, debit, { debitId: debit.id, ...kept });
}

/** Gives the cost back if nothing was drawn under the debit. */
export async function refundUndrawn(tx: AuditedTransaction, subjectId: string, at: string): Promise<boolean> {
  const debit = await findDebitOf(tx.trx, subjectId);
  if (debit === undefined) return false;
  const isRefunded = await moveDebit(tx, debit.id, { from: 'reserved', to: 'refunded', at });
  if (isRefunded) {
    await forgetDatasetDebits(tx, debit.id);
    await forgetRelease(tx, subjectId);
  }
  return isRefunded;
}

/** The same question of the same snapshot has the same answer, and costs nothing more. */
export function findStoredAnswer(knex: Knex, key: AnswerKey): Promise<NoisedAnswer | undefined> {
  return findAnswer(knex, key);
}
