// The operations of removals: for the tenant whose persons they are, and for the tenant whose destination it is.
import type { Knex } from 'knex';
import { findDestination } from '../../connectors/registry.ts';
import type { Removal as RemovalBody } from '../../openapi/generated/api.ts';
import { type Clock, instantOf } from '../clock.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { type Removal, removals } from './removal.ts';

export function removalHandlers(ground: Ground): Pick<Handlers, 'listRemovals' | 'getRemoval'> {
  const { knex } = ground.db;
  return {
    async listRemovals({ tenantId, query }) {
      const found = await listOf(knex, tenantId, query);
      return pageOf(found, query, (removal) => removalBody(removal, tenantId, ground.clock));
    },
    async getRemoval({ tenantId, params }) {
      const removal = await removals.get(knex, params.removal_id);
      if (removal.tenantId !== tenantId && removal.destinationTenantId !== tenantId) throw notFound('removal');
      return removalBody(removal, tenantId, ground.clock);
    },
  };
}

/** Of the kind alone, whoever was or was not there. */
const erasureSemantics = ({ reason, destinationKind }: Removal): string | null =>
  reason === 'erased' ? (findDestination(destinationKind)?.removal.erasure ?? null) : null;

type Wanted = Parameters<typeof pageRange>[0] & { request_id?: string; status?: string };

async function listOf(knex: Knex, tenantId: string, query: Wanted): Promise<Removal[]> {
  const { before, limit } = pageRange(query);
  const rows = knex('removals').orderBy('id', 'desc').limit(limit);
  rows.where((mine) => {
    mine.where({ tenant_id: tenantId });
    // What a partner asked for is not told apart by its request.
    if (query.request_id === undefined) mine.orWhere({ destination_tenant_id: tenantId });
  });
  if (before !== undefined) rows.where('id', '<', before);
  if (query.request_id !== undefined) rows.where({ request_id: query.request_id });
  if (query.status !== undefined) rows.where({ status: query.status });
  const ids = ((await rows.select('id')) as { id: string }[]).map(({ id }) => id);
  return Promise.all(ids.map((id) => removals.get(knex, id)));
}

/** Of a partner's persons: that some left, and nothing of who, how many or why. Of a partner's destination: its kind alone. */
function removalBody(removal: Removal, tenantId: string, clock: Clock): RemovalBody {
  const isOwnPersons = removal.tenantId === tenantId;
  const isOwnDestination = removal.destinationTenantId === tenantId;
  const isOverdue = removal.status !== 'confirmed' && removal.dueAt < instantOf(clock);
  return {
    id: removal.id,
    status: removal.status,
    reason: isOwnPersons ? removal.reason : null,
    request_id: isOwnPersons ? removal.requestId : null,
    collaboration_id: removal.collaborationId,
    destination_id: isOwnDestination ? removal.destinationId : null,
    destination_kind: removal.destinationKind,
    audience_id: isOwnDestination ? removal.audienceId : null,
    removed: removal.report?.removed ?? null,
    erasure: removal.erasure,
    erasure_semantics: isOwnPersons ? erasureSemantics(removal) : null,
    failure: removal.failure === null || !isOwnDestination ? null : { ...removal.failure },
    attempts: removal.attempts,
    requested_at: removal.requestedAt,
    due_at: removal.dueAt,
    is_overdue: isOverdue,
    confirmed_at: removal.confirmedAt,
    receipt_event_id: isOwnPersons ? removal.receiptEventId : null,
  };
}
