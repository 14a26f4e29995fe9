// The operations of policies: what is in force, what was, and what somebody would have instead.
import type { PolicySet as PolicySetBody, PolicyVersion as PolicyVersionBody } from '../../openapi/generated/api.ts';
import type { Policy } from '../../policies/decide.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { proposePolicies, withdrawPolicies } from './policy-change.ts';
import { findPolicySet } from './policy-set-store.ts';
import { tryPolicies } from './policy-trial.ts';
import { type PolicyVersion, policyVersions } from './policy-version.ts';

type Operations =
  | 'getPolicySet'
  | 'getPolicySetByHash'
  | 'checkPolicies'
  | 'listPolicyVersions'
  | 'proposePolicies'
  | 'getPolicyVersion'
  | 'withdrawPolicies';

export function policyHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async getPolicySet({ caller }) {
      const { hash, policies } = ground.policies.boundBy(caller.tenantId === null ? [] : [caller.tenantId]);
      return setBody(hash, policies);
    },
    async getPolicySetByHash({ caller, params }) {
      const set = await findPolicySet(knex, params.policy_set_hash);
      const isReader =
        set !== undefined && (set.tenantIds.length === 0 || set.tenantIds.includes(caller.tenantId ?? ''));
      if (!isReader) throw notFound('policy set');
      return setBody(set.hash, set.source.policies);
    },
    async checkPolicies({ caller, body }) {
      const tried = await tryPolicies(ground, caller.tenantId, { text: body.text, remove: body.remove ?? [] });
      await recordCheck(ground, caller, { set: tried.setHash, withheld: tried.report.history.withheld });
      return { set_hash: tried.setHash, based_on: tried.basedOn, report: bodyOf(tried.report) };
    },
    async listPolicyVersions({ caller, query }) {
      const tenantId = query.of === 'service' ? null : caller.tenantId;
      return pageOf(await policyVersions.list(knex, { tenant_id: tenantId }, pageRange(query)), query, versionBody);
    },
    async proposePolicies({ caller, body }) {
      const { text, remove = [], may_allow_more: mayAllowMore = [], comment } = body;
      return versionBody(await proposePolicies(ground, caller, { text, remove, mayAllowMore, comment }));
    },
    async getPolicyVersion({ caller, params }) {
      const version = await policyVersions.get(knex, params.policy_version_id);
      // The service's policies bind everybody, so everybody may read what is proposed for them.
      if (version.tenantId !== null && version.tenantId !== caller.tenantId) throw notFound('policy version');
      return versionBody(version);
    },
    async withdrawPolicies({ caller, params }) {
      return versionBody(await withdrawPolicies(ground, caller, params.policy_version_id));
    },
  };
}

async function recordCheck(ground: Ground, caller: Caller, of: { set: string; withheld: number }): Promise<void> {
  await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'policy.checked',
    outcome: 'succeeded',
    subject: { kind: 'policies', id: '' },
    detail: { set: of.set, withheld: of.withheld },
  });
}

function setBody(hash: string, policies: readonly Policy[]): PolicySetBody {
  return {
    hash,
    policies: policies.map(({ id, title, reason, effect, text }) => ({ id, title, reason, effect, text })),
  };
}

function versionBody(version: PolicyVersion): PolicyVersionBody {
  return {
    id: version.id,
    of: version.tenantId === null ? 'service' : 'tenant',
    number: version.number,
    status: version.status,
    set_hash: version.setHash,
    based_on: version.basedOn,
    comment: version.comment,
    policies: version.policies.map(({ id, text }) => ({ id, text })),
    report: bodyOf(version.report),
    proposed_by: version.proposedBy,
    created_at: version.createdAt,
    in_force_at: version.inForceAt,
    ended_at: version.endedAt,
  };
}

function bodyOf(report: PolicyVersion['report']): PolicyVersionBody['report'] {
  return structuredClone(report) as PolicyVersionBody['report'];
}
