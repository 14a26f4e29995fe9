// The operations of collaborations and their changes.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { changeProposals } from './change-proposal-store.ts';
import { decideChange, proposeChange } from './change-service.ts';
import { accept, type Collaboration, decline, end, invite, leave } from './collaboration.ts';
import { changeBody, collaborationBody, termsOf } from './collaboration-body.ts';
import { changeCollaboration, createCollaboration } from './collaboration-service.ts';
import { getVisibleCollaboration, listVisibleCollaborations } from './collaboration-store.ts';

type Operations =
  | 'listCollaborations'
  | 'createCollaboration'
  | 'getCollaboration'
  | 'inviteMembers'
  | 'acceptInvitation'
  | 'declineInvitation'
  | 'leaveCollaboration'
  | 'endCollaboration'
  | 'listChanges'
  | 'proposeChange'
  | 'decideChange';

export function collaborationHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  const ownStep =
    (tenantId: string, step: (c: Collaboration, tenantId: string, now: string) => Collaboration) =>
    (collaboration: Collaboration, now: string) =>
      step(collaboration, tenantId, now);
  return {
    async listCollaborations({ tenantId, query }) {
      const found = await listVisibleCollaborations(knex, tenantId, pageRange(query));
      return pageOf(found, query, collaborationBody);
    },
    async createCollaboration(request) {
      const { name, alias, members, terms } = request.body;
      const draft = { name, alias, members, terms: termsOf(terms) };
      return collaborationBody(await createCollaboration(ground, tenantCaller(request), draft));
    },
    async getCollaboration({ tenantId, params }) {
      return collaborationBody(await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId }));
    },
    async inviteMembers(request) {
      const step = {
        id: request.params.collaboration_id,
        caller: tenantCaller(request),
        event: 'invitation.sent',
      } as const;
      const { collaboration } = await changeCollaboration(ground, step, invite);
      return collaborationBody(collaboration);
    },
    async acceptInvitation(request) {
      const step = {
        id: request.params.collaboration_id,
        caller: tenantCaller(request),
        event: 'invitation.accepted',
      } as const;
      const { collaboration } = await changeCollaboration(ground, step, ownStep(request.tenantId, accept));
      return collaborationBody(collaboration);
    },
    async declineInvitation(request) {
      const step = {
        id: request.params.collaboration_id,
        caller: tenantCaller(request),
        event: 'invitation.declined',
      } as const;
      const { collaboration } = await changeCollaboration(ground, step, ownStep(request.tenantId, decline));
      return collaborationBody(collaboration);
    },
    async leaveCollaboration(request) {
      const id = request.params.collaboration_id;
      const step = { id, caller: tenantCaller(request), event: 'collaboration.left' } as const;
      const { jobId } = await changeCollaboration(ground, step, ownStep(request.tenantId, leave));
      return { job_id: jobId ?? '', subject_id: id };
    },
    async endCollaboration(request) {
      const id = request.params.collaboration_id;
      const step = { id, caller: tenantCaller(request), event: 'collaboration.ended' } as const;
      const { jobId } = await changeCollaboration(ground, step, ownStep(request.tenantId, end));
      return { job_id: jobId ?? '', subject_id: id };
    },
    async listChanges({ tenantId, params, query }) {
      const { id } = await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId });
      const found = await changeProposals.list(knex, { collaboration_id: id }, pageRange(query));
      return pageOf(found, query, changeBody);
    },
    async proposeChange(request) {
      const { body } = request;
      const change =
        body.kind === 'add-member'
          ? { kind: body.kind, tenantId: body.tenant_id, alias: body.alias }
          : { kind: body.kind, terms: termsOf({ ...body.terms }) };
      const draft = { collaborationId: request.params.collaboration_id, change };
      return changeBody(await proposeChange(ground, tenantCaller(request), draft));
    },
    async decideChange(request) {
      const { collaboration_id: collaborationId, change_id: changeId } = request.params;
      const outcome = request.body.outcome === 'accept' ? 'accepted' : 'rejected';
      const decision = { collaborationId, changeId, outcome } as const;
      return changeBody(await decideChange(ground, tenantCaller(request), decision));
    },
  };
}
