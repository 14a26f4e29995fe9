// The operations of audiences.
import type { Knex } from 'knex';
import type { Audience as AudienceBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { segments } from '../segments/segment-record.ts';
import { type Audience, audienceBody, audiences } from './audience.ts';
import { createAudience, refreshAudience } from './audience-service.ts';

export function audienceHandlers(
  ground: Ground,
): Pick<Handlers, 'listAudiences' | 'createAudience' | 'getAudience' | 'refreshAudience'> {
  const { knex } = ground.db;
  return {
    async listAudiences({ tenantId, query }) {
      const page = pageOf(await audiences.list(knex, { tenant_id: tenantId }, pageRange(query)), query, (one) => one);
      return { ...page, items: await Promise.all(page.items.map((audience) => bodyOf(knex, audience))) };
    },
    async createAudience(request) {
      const { name, segment_id: segmentId, match_id: matchId, instant } = request.body;
      const audience = await createAudience(ground, tenantCaller(request), { name, segmentId, matchId, instant });
      return bodyOf(knex, audience);
    },
    async getAudience({ tenantId, params }) {
      return bodyOf(knex, await audiences.get(knex, params.audience_id, { tenant_id: tenantId }));
    },
    async refreshAudience(request) {
      const { match_id: matchId, instant } = request.body ?? {};
      const wish = { id: request.params.audience_id, matchId, instant };
      return bodyOf(knex, await refreshAudience(ground, tenantCaller(request), wish));
    },
  };
}

async function bodyOf(knex: Knex, audience: Audience): Promise<AudienceBody> {
  const { collaborationId } = await segments.get(knex, audience.segmentId, { tenant_id: audience.tenantId });
  return audienceBody(audience, collaborationId);
}
