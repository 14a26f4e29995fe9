// Whether an activation may be delivered as it was approved: nothing of what was approved has changed, nobody withdrew it.
import type { Knex } from 'knex';
import { approvals } from '../approvals/approval.ts';
import { areAllApproved } from '../approvals/request-approval.ts';
import type { Activation } from './activation.ts';
import { currentTermsHash } from './activation-terms.ts';

/** Between a request and now the activation may have been withdrawn, or what was approved may have changed. */
export async function isApprovedStill(knex: Knex, activation: Activation): Promise<boolean> {
  if (activation.status !== 'approved') return false;
  const current = await currentTermsHash(knex, activation);
  const given = await approvals.listAll(knex, { subject_kind: 'activation', subject_id: activation.id });
  return current === activation.termsHash && (given.length === 0 || areAllApproved(given, current));
}
