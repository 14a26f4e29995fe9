// The operations of collaborations: drafting, reading, and each step of the life-cycle.
import type { AuditEventName } from '../../audit/event.ts';
import type { Ground } from '../ground.ts';
import type { Caller } from '../http/caller.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { accept, type Collaboration, decline, end, invite, leave } from './collaboration.ts';
import { collaborationBody, termsOf } from './collaboration-body.ts';
import { changeCollaboration, createCollaboration, type Transition } from './collaboration-service.ts';
import { getVisibleCollaboration, listVisibleCollaborations } from './collaboration-store.ts';

type Readings = 'listCollaborations' | 'createCollaboration' | 'getCollaboration';
type Steps = 'inviteMembers' | 'acceptInvitation' | 'declineInvitation' | 'leaveCollaboration' | 'endCollaboration';

export function collaborationHandlers(ground: Ground): Pick<Handlers, Readings | Steps> {
  const { knex } = ground.db;
  return {
    ...stepHandlers(ground),
    async listCollaborations({ tenantId, query }) {
      const found = await listVisibleCollaborations(knex, tenantId, pageRange(query));
      return pageOf(found, query, collaborationBody);
    },
    async createCollaboration(request) {
      const { name, alias, members, terms, region } = request.body;
      const draft = { name, alias, members, terms: termsOf(terms), region };
      return collaborationBody(await createCollaboration(ground, tenantCaller(request), draft));
    },
    async getCollaboration({ tenantId, params }) {
      return collaborationBody(await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId }));
    },
  };
}

interface StepRequest {
  readonly caller: Caller;
  readonly params: { readonly collaboration_id: string };
}

type OwnStep = (collaboration: Collaboration, tenantId: string, now: string) => Collaboration;

function stepHandlers(ground: Ground): Pick<Handlers, Steps> {
  const take = (request: StepRequest, event: AuditEventName, step: OwnStep): Promise<Transition> => {
    const caller = tenantCaller(request);
    const wish = { id: request.params.collaboration_id, caller, event };
    return changeCollaboration(ground, wish, (collaboration, now) => step(collaboration, caller.tenantId, now));
  };
  const shown = async (transition: Promise<Transition>) => collaborationBody((await transition).collaboration);
  const accepted = async (transition: Promise<Transition>) => {
    const { collaboration, jobId } = await transition;
    if (jobId === undefined) throw new Error('leaving and ending always drop something');
    return { job_id: jobId, subject_id: collaboration.id };
  };
  return {
    inviteMembers: (request) => shown(take(request, 'invitation.sent', invite)),
    acceptInvitation: (request) => shown(take(request, 'invitation.accepted', accept)),
    declineInvitation: (request) => shown(take(request, 'invitation.declined', decline)),
    leaveCollaboration: (request) => accepted(take(request, 'collaboration.left', leave)),
    endCollaboration: (request) => accepted(take(request, 'collaboration.ended', end)),
  };
}
