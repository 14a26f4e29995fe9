// What follows from the decision on a changed rule: it takes effect once its second person and every member agreed.
import type { ApprovableKind } from '../approvals/subjects.ts';
import { ServiceError } from '../errors.ts';
import { settle } from './change-proposal.ts';
import { changeProposals } from './change-proposal-store.ts';
import { applyChange, rejectChange } from './change-service.ts';
import { acceptedMembers } from './collaboration.ts';
import { lockCollaboration } from './collaboration-store.ts';
import { ruleBasisHash } from './rule-change.ts';

export const ruleChangeApproval: ApprovableKind = {
  async currentBasisHash(_ground, trx, id) {
    const proposal = await changeProposals.get(trx, id);
    if (proposal.status !== 'open') {
      throw new ServiceError('state_conflict', { detail: `The change is ${proposal.status} already.` });
    }
    return ruleBasisHash({ trx: trx as never }, proposal);
  },
  async settle(ground, tx, { subjectId, outcome, by }) {
    const asked = await changeProposals.get(tx.trx, subjectId);
    const collaboration = await lockCollaboration(tx, asked.collaborationId);
    const proposal = await changeProposals.get(tx.trx, subjectId);
    if (proposal.status !== 'open') return;
    if (outcome !== 'approved') {
      const ended = { ...proposal, status: outcome === 'refused' ? ('rejected' as const) : ('void' as const) };
      await changeProposals.save(tx, ended);
      return rejectChange(tx, ended);
    }
    const members = acceptedMembers(collaboration).map(({ tenantId }) => tenantId);
    const settled = settle(proposal, members);
    await changeProposals.save(tx, settled);
    if (settled.status === 'accepted') await applyChange(ground, tx, { proposal: settled, collaboration, by });
  },
};
