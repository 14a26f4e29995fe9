// Proposing other policies and taking a proposal back. Nothing is in force before a second person approved exactly what was shown.
import type { PolicyEdit } from '../../policies/policy-edit.ts';
import { accessDecided } from '../approvals/access-decided.ts';
import { approvalRequested, requestApproval, voidPending } from '../approvals/request-approval.ts';
import { hashOf, type Shown, type ShownChange } from '../approvals/shown.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import { newId } from '../ids.ts';
import { type PolicyReport, reportDetail } from './policy-report.ts';
import { keepPolicySet } from './policy-set-store.ts';
import { type TriedPolicies, tryPolicies } from './policy-trial.ts';
import { type PolicyVersion, policyVersions } from './policy-version.ts';

export interface ProposedPolicies extends PolicyEdit {
  readonly comment: string;
  /** Ids of the policies that may allow more than before, named so that no default is weakened silently. */
  readonly mayAllowMore: readonly string[];
}

export async function proposePolicies(
  ground: Ground,
  caller: Caller,
  proposed: ProposedPolicies,
): Promise<PolicyVersion> {
  const tried = await tryPolicies(ground, caller.tenantId, proposed);
  assertNamed(tried.report, proposed.mayAllowMore);
  const { result } = await auditedTransaction(
    ground.db,
    (version: PolicyVersion) => ({
      ...byCaller(caller),
      event: 'policy.proposed' as const,
      outcome: 'succeeded' as const,
      subject: { kind: 'policy-version', id: version.id },
      detail: { basedOn: version.basedOn, set: version.setHash, mayAllowMore: tried.report.may_allow_more },
    }),
    async (tx) => {
      const version = await versionOf(ground, tx, { caller, tried, comment: proposed.comment });
      await policyVersions.insert(tx, version);
      await keepPolicySet(tx.trx, ground.policies.shipped.hash, version.createdAt);
      const asked = await requestApproval(tx, ground.clock, {
        subject: { kind: 'policy-change', id: version.id },
        tenantIds: [caller.tenantId],
        shown: shownChange(ground, { caller, version }),
        requestedBy: caller.memberId,
      });
      tx.alsoRecord(approvalRequested(byCaller(caller), asked));
      return version;
    },
  );
  return result;
}

export async function withdrawPolicies(ground: Ground, caller: Caller, id: string): Promise<PolicyVersion> {
  const event = {
    ...byCaller(caller),
    event: 'policy.withdrawn',
    outcome: 'succeeded',
    subject: { kind: 'policy-version', id },
    detail: {},
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    await tx.trx('policy_versions').where({ id }).forUpdate().first();
    const version = await policyVersions.get(tx.trx, id, { tenant_id: caller.tenantId });
    if (version.status !== 'proposed') {
      throw new ServiceError('state_conflict', {
        detail: `This version is ${version.status.replace('_', ' ')} already.`,
      });
    }
    const next: PolicyVersion = { ...version, status: 'withdrawn', endedAt: instantOf(ground.clock) };
    await policyVersions.save(tx, next);
    await voidPending(tx, { kind: 'policy-change', id });
    return next;
  });
  return result;
}

/** Of the policies themselves and of what they take the place of: in another place they would be another change. */
export function policyBasisHash(version: Pick<PolicyVersion, 'id' | 'policies' | 'setHash'>, basedOn: string): string {
  return hashOf({ version: version.id, set: version.setHash, basedOn, policies: version.policies });
}

function assertNamed({ may_allow_more: loosened, differences }: PolicyReport, named: readonly string[]): void {
  const errors = differences
    .filter(({ id }) => loosened.includes(id) && !named.includes(id))
    .map(({ id, title_before, title_after }) => ({
      pointer: '/may_allow_more',
      message: `"${title_before ?? title_after}" may allow more than before.`,
      hint: `If that is meant, name ${id} in may_allow_more; the second person is shown it.`,
    }));
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}

async function versionOf(
  ground: Ground,
  tx: AuditedTransaction,
  { caller, tried, comment }: { caller: Caller; tried: TriedPolicies; comment: string },
): Promise<PolicyVersion> {
  const earlier = await policyVersions.listAll(tx.trx, { tenant_id: caller.tenantId });
  return {
    id: newId('pol'),
    tenantId: caller.tenantId,
    number: Math.max(0, ...earlier.map(({ number }) => number)) + 1,
    status: 'proposed',
    policies: tried.policies.map(({ id, text }) => ({ id, text })),
    setHash: tried.setHash,
    basedOn: tried.basedOn,
    shippedHash: ground.policies.shipped.hash,
    loosens: tried.report.may_allow_more.length > 0 ? 1 : 0,
    comment,
    report: tried.report,
    proposedBy: caller.memberId,
    createdAt: instantOf(ground.clock),
    inForceAt: null,
    endedAt: null,
  };
}

function shownChange(ground: Ground, { caller, version }: { caller: Caller; version: PolicyVersion }): Shown {
  const { report } = version;
  const whose = version.tenantId === null ? 'the service' : 'this tenant alone';
  return {
    summary: `Put version ${version.number} of the policies of ${whose} in force: ${version.comment}`,
    asked_by: version.proposedBy,
    asked_at: version.createdAt,
    changes: report.differences.map(changeOf),
    proposed: { version: version.id, set_hash: version.setHash, may_allow_more: report.may_allow_more },
    decisions: accessDecided(ground, caller, 'policy:write'),
    forecast: { text: report.text, detail: reportDetail(report) },
    basis_hash: policyBasisHash(version, version.basedOn),
  };
}

function changeOf(difference: PolicyReport['differences'][number]): ShownChange {
  const { id, kind, effect, strictness, title_before: was, title_after: is } = difference;
  const title = was !== null && is !== null && was !== is ? `"${was}" becomes "${is}"` : `"${is ?? was}"`;
  const text = `${kind}: the ${effect} ${title} (${strictness.replaceAll('-', ' ')})`;
  return { pointer: `/${id}`, before: difference.text_before, after: difference.text_after, text };
}
