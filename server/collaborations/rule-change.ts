// A changed rule asks for a second person before it counts: in the tenant whose data it is, and in every contributing one where the
// terms say so. Contributing a dataset again under another rule is a change of its rule too.
import type { JsonValue } from '../../audit/canonical-json.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import { approvals } from '../approvals/approval.ts';
import { changesBetween } from '../approvals/changes.ts';
import { approvalRequested, countsStill, requestApproval } from '../approvals/request-approval.ts';
import { hashOf } from '../approvals/shown.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { type Change, type ChangeProposal, describeChange } from './change-proposal.ts';
import type { Collaboration } from './collaboration.ts';
import { ruleBody } from './collaboration-body.ts';
import { contributions } from './contribution-store.ts';
import { forecastOfRule } from './rule-forecast.ts';

/** The rule that the change replaces; undefined where it replaces none, or by the same. */
export async function findEarlierRule(tx: AuditedTransaction, change: Change): Promise<AnalysisRule | undefined> {
  if (change.kind !== 'set-rule' && change.kind !== 'add-contribution') return undefined;
  const contribution = await contributions.get(tx.trx, change.contributionId);
  if (change.kind === 'set-rule') return contribution.rule;
  const { collaborationId, datasetId, tenantId, id, rule } = contribution;
  const where = { collaboration_id: collaborationId, dataset_id: datasetId, tenant_id: tenantId };
  const earlier = (await contributions.listAll(tx.trx, where)).filter((each) => each.id !== id).at(-1);
  return earlier === undefined || isSameRule(earlier.rule, rule) ? undefined : earlier.rule;
}

export async function askRuleApprovers(
  ground: Ground,
  tx: AuditedTransaction,
  of: { proposal: ChangeProposal; collaboration: Collaboration; earlierRule: AnalysisRule; caller: TenantCaller },
): Promise<void> {
  const { proposal, collaboration, earlierRule, caller } = of;
  const rule = await ruleOfChange(tx, proposal.change);
  const asked = await requestApproval(tx, ground.clock, {
    subject: { kind: 'rule-change', id: proposal.id },
    tenantIds: await tenantsToAsk(tx, collaboration, proposal.proposedBy),
    shown: {
      summary: describeChange({ kind: 'set-rule', contributionId: '', alias: aliasOf(proposal.change), rule }),
      asked_by: caller.memberId,
      asked_at: instantOf(ground.clock),
      changes: changesBetween(shownRule(earlierRule), shownRule(rule)),
      proposed: shownRule(rule),
      ...(await forecastOfRule(ground, tx, { change: proposal.change, collaborationId: collaboration.id, rule })),
      basis_hash: await ruleBasisHash(tx, proposal),
    },
    requestedBy: caller.memberId,
  });
  tx.alsoRecord(approvalRequested(byCaller(caller), asked));
}

/** True for a change that needed no second person. */
export async function isRuleApproved(tx: AuditedTransaction, { id }: ChangeProposal): Promise<boolean> {
  const all = await approvals.listAll(tx.trx, { subject_kind: 'rule-change', subject_id: id });
  return all.filter(countsStill).every(({ status }) => status === 'approved');
}

/** Of the rule that is in force and the rule that is proposed, so that an approval holds for this very step. */
export async function ruleBasisHash(
  { trx }: Pick<AuditedTransaction, 'trx'>,
  { id, change }: ChangeProposal,
): Promise<string> {
  if (change.kind !== 'set-rule' && change.kind !== 'add-contribution') return hashOf({ change: id });
  const { rule, status } = await contributions.get(trx, change.contributionId);
  return hashOf({
    change: id,
    contribution: change.contributionId,
    isWithdrawn: status === 'withdrawn',
    before: JSON.parse(JSON.stringify(rule)),
    after: change.kind === 'set-rule' ? JSON.parse(JSON.stringify(change.rule)) : null,
  });
}

async function ruleOfChange(tx: AuditedTransaction, change: Change): Promise<AnalysisRule> {
  if (change.kind === 'set-rule') return change.rule;
  if (change.kind === 'add-contribution') return (await contributions.get(tx.trx, change.contributionId)).rule;
  throw new Error(`a change of kind ${change.kind} has no rule`);
}

async function tenantsToAsk(tx: AuditedTransaction, { id, terms }: Collaboration, owner: string): Promise<string[]> {
  if (terms.ruleApproval !== 'every-contributor') return [owner];
  const all = await contributions.listAll(tx.trx, { collaboration_id: id });
  const contributing = all.filter(({ status }) => status !== 'withdrawn' && status !== 'failed');
  return [...new Set([owner, ...contributing.map(({ tenantId }) => tenantId)])];
}

function isSameRule(left: AnalysisRule, right: AnalysisRule): boolean {
  return changesBetween(JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right))).length === 0;
}

function aliasOf(change: Change): string {
  return 'alias' in change ? change.alias : '';
}

function shownRule(rule: AnalysisRule): JsonValue {
  return JSON.parse(JSON.stringify(ruleBody(rule))) as JsonValue;
}
