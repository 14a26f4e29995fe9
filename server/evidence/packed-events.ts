// The events of a pack, each with its inclusion proof against one checkpoint, in the order of the log.
import type { Knex } from 'knex';
import { base64Of } from '../../audit/bytes.ts';
import { type LeafRow, type StoredEvent, storedEventOf } from '../audit-log/audit-log-store.ts';
import { eachEvent } from '../audit-log/event-search.ts';
import { storedInclusionProofs } from '../audit-log/stored-tree.ts';
import { ServiceError } from '../errors.ts';
import type { EvidenceScope } from './evidence-scope.ts';
import { MAX_PACK_EVENTS } from './limits.ts';

const IDS_AT_ONCE = 500;

/** Throws `request_invalid` for more than a pack holds. */
export async function listPackedEvents(
  knex: Knex,
  of: { tenantId: string; scope: EvidenceScope; endIndex: number },
): Promise<StoredEvent[]> {
  const events = of.scope.ids === undefined ? await inPeriod(knex, of) : await about(knex, of, of.scope.ids);
  if (events.length <= MAX_PACK_EVENTS) return events;
  throw new ServiceError('request_invalid', {
    errors: [
      {
        pointer: of.scope.kind === 'period' ? '/until' : '/kind',
        message: `There are more than ${MAX_PACK_EVENTS} events.`,
        hint: 'Pack several shorter periods.',
      },
    ],
  });
}

/** One line an event: index, leaf and proof. */
export async function eventLines(knex: Knex, of: { events: readonly StoredEvent[]; size: number }): Promise<string> {
  const indices = of.events.map(({ index }) => index);
  const proofs = await storedInclusionProofs(knex, { indices, size: of.size });
  return of.events
    .map(({ index, leaf }, i) => `${JSON.stringify({ index, leaf, proof: proofs[i]!.map(base64Of) })}\n`)
    .join('');
}

async function inPeriod(
  knex: Knex,
  { tenantId, scope, endIndex }: { tenantId: string; scope: EvidenceScope; endIndex: number },
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of eachEvent(knex, { tenantId, since: scope.since, until: scope.until, endIndex })) {
    events.push(event);
    if (events.length > MAX_PACK_EVENTS) break;
  }
  return events;
}

async function about(
  knex: Knex,
  { tenantId, endIndex }: { tenantId: string; endIndex: number },
  ids: readonly string[],
): Promise<StoredEvent[]> {
  const rows: LeafRow[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const some = ids.slice(at, at + IDS_AT_ONCE);
    const query = knex('audit_leaves').where({ tenant_id: tenantId }).whereIn('subject_id', some);
    rows.push(...((await query.where('leaf_index', '<', endIndex).limit(MAX_PACK_EVENTS + 1)) as LeafRow[]));
  }
  return rows.map(storedEventOf).sort((left, right) => left.index - right.index);
}
