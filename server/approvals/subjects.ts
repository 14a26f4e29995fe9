// What can be approved: how each kind of subject tells whether it still is what was shown, and what follows from the decision.
import type { Knex } from 'knex';
import { activationApproval } from '../activations/activation-approval.ts';
import { breakGlassApproval } from '../break-glass/break-glass-service.ts';
import { ruleChangeApproval } from '../collaborations/rule-change-approval.ts';
import type { AuditDraft, AuditedTransaction } from '../database/audited-transaction.ts';
import { deliveryApproval } from '../deliveries/volume-breaker.ts';
import type { Ground } from '../ground.ts';
import { keyExportApproval } from '../key-exports/key-export-service.ts';
import { policyChangeApproval } from '../policies/policy-change-approval.ts';
import type { SubjectKind } from './approval.ts';

export interface Settlement {
  readonly subjectId: string;
  /** `approved` once every request was; `refused` by the first refusal; `expired` when one of them ran out. */
  readonly outcome: 'approved' | 'refused' | 'expired';
  readonly by: Pick<AuditDraft, 'actor' | 'tenantId'>;
}

export interface ApprovableKind {
  /** SHA-256 of what would be done if it were approved now. Throws `not_found` or `state_conflict` where it cannot be done. */
  currentBasisHash(ground: Ground, knex: Knex, subjectId: string): Promise<string>;
  settle(ground: Ground, tx: AuditedTransaction, settlement: Settlement): Promise<void>;
}

const APPROVABLE: Readonly<Record<SubjectKind, ApprovableKind>> = {
  activation: activationApproval,
  delivery: deliveryApproval,
  'rule-change': ruleChangeApproval,
  'policy-change': policyChangeApproval,
  'key-export': keyExportApproval,
  'break-glass-read': breakGlassApproval,
};

export function approvableKind(kind: SubjectKind): ApprovableKind {
  return APPROVABLE[kind];
}
