// The operations of change proposals.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { changeProposals } from './change-proposal-store.ts';
import { decideChange, proposeChange } from './change-service.ts';
import { changeBody, termsOf } from './collaboration-body.ts';
import { getVisibleCollaboration } from './collaboration-store.ts';

export function changeHandlers(ground: Ground): Pick<Handlers, 'listChanges' | 'proposeChange' | 'decideChange'> {
  const { knex } = ground.db;
  return {
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
