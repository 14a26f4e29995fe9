// The operations of break-glass reads.
import type { BreakGlassRead as BreakGlassReadBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { type BreakGlassRead, breakGlassReads } from './break-glass-read.ts';
import { endBreakGlass, getVisibleRead, requestBreakGlass, visibleTo } from './break-glass-service.ts';

type Operations = 'listBreakGlassReads' | 'requestBreakGlassRead' | 'getBreakGlassRead' | 'endBreakGlassRead';

export function breakGlassHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    async listBreakGlassReads({ caller, query }) {
      const found = await breakGlassReads.list(ground.db.knex, visibleTo(caller), pageRange(query));
      return pageOf(found, query, readBody);
    },
    async requestBreakGlassRead({ caller, body }) {
      const { tenant_id: tenantId, permissions, minutes, reason } = body;
      return readBody(await requestBreakGlass(ground, caller, { tenantId, permissions, minutes, reason }));
    },
    async getBreakGlassRead({ caller, params }) {
      return readBody(await getVisibleRead(ground, caller, params.break_glass_read_id));
    },
    async endBreakGlassRead({ caller, params }) {
      return readBody(await endBreakGlass(ground, caller, params.break_glass_read_id));
    },
  };
}

function readBody(read: BreakGlassRead): BreakGlassReadBody {
  return {
    id: read.id,
    tenant_id: read.tenantId,
    reader: read.reader,
    permissions: [...read.permissions],
    minutes: read.minutes,
    reason: read.reason,
    status: read.status,
    uses: read.uses,
    created_at: read.createdAt,
    until: read.until,
    ended_at: read.endedAt,
  };
}
