// The operations of matches and of the library of criteria.
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { matchBody } from './collaboration-body.ts';
import { getVisibleCollaboration } from './collaboration-store.ts';
import { criterionBody, listCollaborationCriteria } from './criteria.ts';
import { matches } from './match.ts';
import { createMatch } from './match-service.ts';

export function matchHandlers(
  ground: Ground,
): Pick<Handlers, 'listMatches' | 'createMatch' | 'getMatch' | 'listCriteria'> {
  const { knex } = ground.db;
  const visible = (id: string, tenantId: string) => getVisibleCollaboration(knex, { id, tenantId });
  return {
    async listMatches({ tenantId, params, query }) {
      const { id } = await visible(params.collaboration_id, tenantId);
      return pageOf(await matches.list(knex, { collaboration_id: id }, pageRange(query)), query, matchBody);
    },
    async createMatch(request) {
      const { left_contribution_id: leftContributionId, right_contribution_id: rightContributionId } = request.body;
      const collaborationId = request.params.collaboration_id;
      const wish = { collaborationId, leftContributionId, rightContributionId };
      return matchBody(await createMatch(ground, tenantCaller(request), wish));
    },
    async getMatch({ tenantId, params }) {
      const match = await matches.get(knex, params.match_id);
      await visible(match.collaborationId, tenantId).catch(() => Promise.reject(notFound('match')));
      return matchBody(match);
    },
    async listCriteria({ tenantId, params }) {
      const { id } = await visible(params.collaboration_id, tenantId);
      const criteria = await listCollaborationCriteria(knex, { collaborationId: id, tenantId });
      return { items: criteria.map(criterionBody) };
    },
  };
}
