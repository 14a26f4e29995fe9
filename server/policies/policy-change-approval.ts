// What follows from the decision on other policies: in force from this transaction on, for every process, until the next version.
import { parsePolicies } from '../../policies/policy-source.ts';
import type { ApprovableKind } from '../approvals/subjects.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { policyBasisHash } from './policy-change.ts';
import { keepPolicySet } from './policy-set-store.ts';
import { setOf } from './policy-trial.ts';
import { type PolicyVersion, policyVersions } from './policy-version.ts';

export const policyChangeApproval: ApprovableKind = {
  async currentBasisHash(ground, knex, id) {
    const version = await policyVersions.get(knex, id);
    if (version.status !== 'proposed') {
      throw new ServiceError('state_conflict', {
        detail: `This version is ${version.status.replace('_', ' ')} already.`,
      });
    }
    await ground.policies.refresh();
    const { tenantId } = version;
    return policyBasisHash(
      version,
      tenantId === null ? ground.policies.hash : ground.policies.boundBy([tenantId]).hash,
    );
  },
  async settle(ground, tx, { subjectId, outcome, by }) {
    await tx.trx('policy_versions').where({ id: subjectId }).forUpdate().first();
    const version = await policyVersions.get(tx.trx, subjectId);
    if (version.status !== 'proposed') return;
    const now = instantOf(ground.clock);
    if (outcome !== 'approved') return policyVersions.save(tx, { ...version, status: outcome, endedAt: now });
    await supersede(tx, version, now);
    await policyVersions.save(tx, { ...version, status: 'in_force', inForceAt: now });
    await keepSet(ground, tx, version);
    tx.alsoRecord({
      actor: by.actor,
      tenantId: version.tenantId,
      event: 'policy.changed',
      outcome: 'succeeded',
      subject: { kind: 'policy-version', id: version.id },
      detail: { from: version.basedOn, to: version.setHash, mayAllowMore: version.report.may_allow_more },
    });
  },
};

async function supersede(tx: AuditedTransaction, { tenantId }: PolicyVersion, now: string): Promise<void> {
  const inForce = await policyVersions.listAll(tx.trx, { tenant_id: tenantId, status: 'in_force' });
  for (const earlier of inForce) await policyVersions.save(tx, { ...earlier, status: 'superseded', endedAt: now });
}

async function keepSet(ground: Ground, tx: AuditedTransaction, version: PolicyVersion): Promise<void> {
  const policies = version.policies.flatMap(({ text }) => parsePolicies(text));
  await keepPolicySet(tx.trx, setOf(ground, { tenantId: version.tenantId, policies }).hash, instantOf(ground.clock));
}
