// Proposing, deciding and applying changes. A change of what members agreed on takes effect by unanimity alone.
import { voidPending } from '../approvals/request-approval.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { type Change, type ChangeProposal, decide, propose } from './change-proposal.ts';
import { changeProposals } from './change-proposal-store.ts';
import {
  acceptedMembers,
  addMember,
  assertAcceptedMember,
  assertActive,
  assertEndsLater,
  assertNewMember,
  type Collaboration,
} from './collaboration.ts';
import { lockVisibleCollaboration, saveCollaboration } from './collaboration-store.ts';
import { rejectContribution, startContribution } from './contribution-service.ts';
import { contributions, lockContribution } from './contribution-store.ts';
import { assertTenantsExist } from './known-tenants.ts';
import { markMatchesStale } from './match-service.ts';
import { askRuleApprovers, findEarlierRule, isRuleApproved } from './rule-change.ts';

/** In a transaction of the caller's: the proposal is stored, and applied at once when nobody else has to accept. */
export async function insertProposal(
  ground: Ground,
  tx: AuditedTransaction,
  draft: { collaboration: Collaboration; change: Change; caller: TenantCaller },
): Promise<ChangeProposal> {
  const now = instantOf(ground.clock);
  const { collaboration, change, caller } = draft;
  const { tenantId } = caller;
  assertActive(collaboration, now);
  assertAcceptedMember(collaboration, tenantId);
  if (change.kind === 'add-member') await assertMemberCanJoin(tx, { collaboration, change });
  if (change.kind === 'set-terms') assertEndsLater(change.terms, now);
  const earlierRule = await findEarlierRule(tx, change);
  const proposal = propose(
    { id: newId('chg'), collaborationId: collaboration.id, change, proposedBy: tenantId, now },
    acceptedMembers(collaboration).map((member) => member.tenantId),
    earlierRule === undefined,
  );
  await changeProposals.insert(tx, proposal);
  if (earlierRule !== undefined) await askRuleApprovers(ground, tx, { proposal, collaboration, earlierRule, caller });
  if (proposal.status === 'accepted') await applyChange(ground, tx, { proposal, collaboration, by: byCaller(caller) });
  return proposal;
}

async function assertMemberCanJoin(
  tx: AuditedTransaction,
  { collaboration, change }: { collaboration: Collaboration; change: Extract<Change, { kind: 'add-member' }> },
): Promise<void> {
  assertNewMember(collaboration, change);
  await assertTenantsExist(tx, { tenantIds: [change.tenantId], pointer: '/tenant_id' });
  const open = await changeProposals.listAll(tx.trx, { collaboration_id: collaboration.id, status: 'open' });
  for (const { change: other } of open) {
    if (other.kind !== 'add-member') continue;
    if (other.tenantId !== change.tenantId && other.alias !== change.alias) continue;
    throw new ServiceError('conflict', { detail: 'Members are deciding on this tenant or alias already.' });
  }
}

export async function proposeChange(
  ground: Ground,
  caller: TenantCaller,
  draft: { collaborationId: string; change: Change },
): Promise<ChangeProposal> {
  const { result } = await auditedTransaction(
    ground.db,
    (proposal: ChangeProposal) => ({
      ...byCaller(caller),
      event: 'change.proposed' as const,
      outcome: 'succeeded' as const,
      subject: { kind: 'change', id: proposal.id },
      detail: { collaboration: draft.collaborationId, kind: draft.change.kind },
    }),
    async (tx) => {
      const key = { id: draft.collaborationId, tenantId: caller.tenantId };
      const collaboration = await lockVisibleCollaboration(tx, key);
      return insertProposal(ground, tx, { collaboration, change: draft.change, caller });
    },
  );
  return result;
}

export async function decideChange(
  ground: Ground,
  caller: TenantCaller,
  request: { collaborationId: string; changeId: string; outcome: 'accepted' | 'rejected' },
): Promise<ChangeProposal> {
  const now = instantOf(ground.clock);
  const { outcome } = request;
  const by = byCaller(caller);
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...by,
      event: outcome === 'accepted' ? 'change.accepted' : 'change.declined',
      outcome: 'succeeded',
      subject: { kind: 'change', id: request.changeId },
      detail: { collaboration: request.collaborationId },
    },
    async (tx) => {
      const key = { id: request.collaborationId, tenantId: caller.tenantId };
      const collaboration = await lockVisibleCollaboration(tx, key);
      assertActive(collaboration, now);
      assertAcceptedMember(collaboration, caller.tenantId);
      const open = await changeProposals.get(tx.trx, request.changeId, { collaboration_id: collaboration.id });
      const members = acceptedMembers(collaboration).map((member) => member.tenantId);
      const proposal = decide(
        open,
        { tenantId: caller.tenantId, outcome, decidedAt: now },
        members,
        await isRuleApproved(tx, open),
      );
      await changeProposals.save(tx, proposal);
      if (proposal.status === 'accepted') await applyChange(ground, tx, { proposal, collaboration, by });
      if (proposal.status === 'rejected') await rejectChange(tx, proposal);
      return proposal;
    },
  );
  return result;
}

export async function rejectChange(tx: AuditedTransaction, { id, change }: ChangeProposal): Promise<void> {
  await rejectContribution(tx, change);
  await voidPending(tx, { kind: 'rule-change', id });
}

/** Every member has accepted. Returns the collaboration as it is now. */
export async function applyChange(
  ground: Ground,
  tx: AuditedTransaction,
  accepted: {
    proposal: ChangeProposal;
    collaboration: Collaboration;
    by: Pick<AuditDraft, 'tenantId' | 'actor'>;
  },
): Promise<Collaboration> {
  const { proposal, collaboration, by } = accepted;
  tx.alsoRecord({
    ...by,
    event: 'change.applied',
    outcome: 'succeeded',
    subject: { kind: 'change', id: proposal.id },
    detail: { collaboration: collaboration.id, kind: proposal.change.kind },
  });
  const next = changed(collaboration, proposal.change);
  if (next !== collaboration) await saveCollaboration(tx, next);
  await follow(ground, tx, proposal);
  return next;
}

function changed(collaboration: Collaboration, change: Change): Collaboration {
  if (change.kind === 'add-member') return addMember(collaboration, change);
  return change.kind === 'set-terms' ? { ...collaboration, terms: change.terms } : collaboration;
}

async function follow(ground: Ground, tx: AuditedTransaction, { change, collaborationId }: ChangeProposal) {
  if (change.kind === 'set-terms') await markMatchesStale(tx, { collaboration_id: collaborationId });
  if (change.kind === 'add-contribution') await startContribution(ground, tx, change.contributionId);
  if (change.kind === 'set-rule') {
    const contribution = await lockContribution(tx, change.contributionId);
    await contributions.save(tx, { ...contribution, rule: change.rule });
  }
}
