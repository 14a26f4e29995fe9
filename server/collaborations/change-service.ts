// Proposing, deciding and applying changes. A change of what members agreed on takes effect by unanimity alone.
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
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
  assertNewMember,
  type Collaboration,
} from './collaboration.ts';
import { lockVisibleCollaboration, saveCollaboration } from './collaboration-store.ts';
import { rejectContribution, startContribution } from './contribution-service.ts';
import { contributions } from './contribution-store.ts';
import { markMatchesStale } from './match-service.ts';

/** In a transaction of the caller's: the proposal is stored, and applied at once when nobody else has to accept. */
export async function insertProposal(
  ground: Ground,
  tx: AuditedTransaction,
  draft: { collaboration: Collaboration; change: Change; tenantId: string },
): Promise<ChangeProposal> {
  const now = instantOf(ground.clock);
  const { collaboration, change, tenantId } = draft;
  assertActive(collaboration, now);
  assertAcceptedMember(collaboration, tenantId);
  if (change.kind === 'add-member') assertNewMember(collaboration, change);
  const proposal = propose(
    { id: newId('chg'), collaborationId: collaboration.id, change, proposedBy: tenantId, now },
    acceptedMembers(collaboration).map((member) => member.tenantId),
  );
  await changeProposals.insert(tx, proposal);
  if (proposal.status === 'accepted') await applyChange(ground, tx, { proposal, collaboration, now });
  return proposal;
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
      return insertProposal(ground, tx, { collaboration, change: draft.change, tenantId: caller.tenantId });
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
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...byCaller(caller),
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
      const proposal = decide(open, { tenantId: caller.tenantId, outcome, decidedAt: now }, members);
      await changeProposals.save(tx, proposal);
      if (proposal.status === 'accepted') await applyChange(ground, tx, { proposal, collaboration, now });
      if (proposal.status === 'rejected') await rejectContribution(tx, proposal.change);
      return proposal;
    },
  );
  return result;
}

export async function applyChange(
  ground: Ground,
  tx: AuditedTransaction,
  accepted: { proposal: ChangeProposal; collaboration: Collaboration; now: string },
): Promise<void> {
  const { collaboration } = accepted;
  const { change } = accepted.proposal;
  switch (change.kind) {
    case 'add-member':
      return saveCollaboration(tx, addMember(collaboration, change));
    case 'set-terms':
      await saveCollaboration(tx, { ...collaboration, terms: change.terms });
      return markMatchesStale(tx, { collaboration_id: collaboration.id });
    case 'add-contribution':
      return startContribution(ground, tx, change.contributionId);
    case 'set-rule': {
      const contribution = await contributions.get(tx.trx, change.contributionId);
      return contributions.save(tx, { ...contribution, rule: change.rule });
    }
  }
}
