// Searching the stored log: by time, tenant, actor, subject, event and outcome, each by an index, in the order of the log.
import type { Knex } from 'knex';
import { type LeafRow, type StoredEvent, storedEventOf } from './audit-log-store.ts';
import { PAGE_ROWS } from './limits.ts';

export interface EventFilter {
  /** null: the events of the service itself; undefined: every tenant's, for the operator's machine only. */
  readonly tenantId: string | null | undefined;
  readonly event?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly outcome?: string | undefined;
  /** Instants as events have them: from `since` on, and before `until`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The newest first; `beforeIndex` is the index of the last event of the page before. */
export async function listEvents(
  knex: Knex,
  filter: EventFilter & { beforeIndex?: number | undefined; limit: number },
): Promise<StoredEvent[]> {
  const range = await findIndexRange(knex, filter);
  if (range === undefined) return [];
  const query = matching(knex, filter, range);
  if (filter.beforeIndex !== undefined) query.where('leaf_index', '<', filter.beforeIndex);
  return ((await query.orderBy('leaf_index', 'desc').limit(filter.limit)) as LeafRow[]).map(storedEventOf);
}

/** The oldest first, page by page, up to and without `endIndex`: what is appended meanwhile is not in it. */
export async function* eachEvent(
  knex: Knex,
  filter: EventFilter & { fromIndex?: number; endIndex: number },
): AsyncGenerator<StoredEvent> {
  const range = await findIndexRange(knex, filter);
  for (let next = filter.fromIndex ?? 0; range !== undefined; ) {
    const rows: LeafRow[] = await matching(knex, filter, range)
      .where('leaf_index', '>=', next)
      .where('leaf_index', '<', filter.endIndex)
      .orderBy('leaf_index')
      .limit(PAGE_ROWS);
    yield* rows.map(storedEventOf);
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    next = Number(last.leaf_index) + 1;
  }
}

type IndexRange = readonly [number, number] | 'all';

function matching(knex: Knex, filter: EventFilter, range: IndexRange): Knex.QueryBuilder {
  const query = inPeriod(knex('audit_leaves'), filter);
  if (range !== 'all') query.whereBetween('leaf_index', range);
  const { tenantId, event, subjectId, actorId, outcome } = filter;
  const columns = { tenant_id: tenantId, event, subject_id: subjectId, actor_id: actorId, outcome };
  return query.where(Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)));
}

// Times and indices rise together but for a clock that was set back, so the range narrows and the time decides.
async function findIndexRange(knex: Knex, filter: EventFilter): Promise<IndexRange | undefined> {
  if (filter.since === undefined && filter.until === undefined) return 'all';
  const query = inPeriod(knex('audit_leaves'), filter);
  if (filter.tenantId !== undefined) query.where({ tenant_id: filter.tenantId });
  const [found] = (await query.min({ first: 'leaf_index' }).max({ last: 'leaf_index' })) as Record<string, unknown>[];
  if (found === undefined || found.first === null) return undefined;
  return [Number(found.first), Number(found.last)];
}

function inPeriod(query: Knex.QueryBuilder, { since, until }: EventFilter): Knex.QueryBuilder {
  if (since !== undefined) query.where('instant', '>=', since);
  if (until !== undefined) query.where('instant', '<', until);
  return query;
}
