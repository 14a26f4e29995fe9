// Contributions in the database.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { recordStore } from '../database/record-store.ts';
import { type Row, rowMapping } from '../database/row-mapping.ts';
import type { Contribution } from './contribution.ts';

export const contributions = recordStore('contributions', {
  noun: 'contribution',
  mapping: rowMapping<Contribution>(['rule']),
});

/** As it is now, and as it stays until the transaction ends: a withdrawal and the job that moves it must not pass each other. */
export async function lockContribution(tx: AuditedTransaction, id: string, where: Row = {}): Promise<Contribution> {
  await tx.trx('contributions').where({ id }).forUpdate().first();
  return contributions.get(tx.trx, id, where);
}
