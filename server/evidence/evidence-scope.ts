// What a pack is about, as ids whose events belong into it: a delivery with what led to it, a collaboration with all that was done in
// it, a person's request with the removals it sent, or a period. Only the tenant's own; a partner packs its side.
import type { Knex } from 'knex';
import type { EvidenceRequest } from '../../openapi/generated/api.ts';
import { ServiceError } from '../errors.ts';
import type { Records } from './evidence-records.ts';

export interface EvidenceScope {
  readonly kind: EvidenceRequest['kind'];
  /** The thing itself; `period` for a period. */
  readonly subjectId: string;
  /** Whose events are packed; undefined for every event of the period. */
  readonly ids: readonly string[] | undefined;
  readonly since?: string;
  readonly until?: string;
}

/** Throws `not_found` for what is not the tenant's. */
export function scopeOf(
  knex: Knex,
  records: Records,
  { tenantId, request }: { tenantId: string; request: EvidenceRequest },
): Promise<EvidenceScope> {
  switch (request.kind) {
    case 'delivery':
      return ofDelivery(knex, records, request.delivery_id);
    case 'collaboration':
      return ofCollaboration(knex, records, { tenantId, id: request.collaboration_id });
    case 'person-request':
      return ofPersonRequest(knex, records, { tenantId, id: personRequestOf(request) });
    case 'period':
      return ofPeriod(request);
  }
}

async function ofDelivery(knex: Knex, records: Records, id: string): Promise<EvidenceScope> {
  const delivery = await records.get(id);
  const activationId = String(delivery.activation_id);
  const activation = await records.get(activationId);
  const audience = await records.get(String(activation.audience_id));
  const approvals = await idsOf(knex('approval_requests').where({ subject_id: activationId }));
  const named = [activation.audience_id, activation.destination_id, audience.segment_id, audience.match_id];
  const ids = [id, activationId, ...approvals, ...named.filter((one) => typeof one === 'string')] as string[];
  return { kind: 'delivery', subjectId: id, ids };
}

async function ofCollaboration(
  knex: Knex,
  records: Records,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<EvidenceScope> {
  await records.get(id);
  const own = { tenant_id: tenantId };
  const inIt = { collaboration_id: id };
  const matches = await idsOf(knex('matches').where(inIt));
  const segments = await idsOf(knex('segments').where({ ...inIt, ...own }));
  const audiences = await idsOf(knex('audiences').where(own).whereIn('segment_id', segments));
  const activations = await idsOf(knex('activations').where(own).whereIn('audience_id', audiences));
  const ids = [
    ...[id, ...matches, ...segments, ...audiences, ...activations],
    ...(await idsOf(knex('change_proposals').where(inIt))),
    ...(await idsOf(knex('contributions').where(inIt))),
    ...(await idsOf(knex('analysis_runs').where({ ...inIt, ...own }))),
    ...(await idsOf(knex('deliveries').where(own).whereIn('activation_id', activations))),
    ...(await idsOf(knex('approval_requests').where(own).whereIn('subject_id', activations))),
    ...(await idsOf(knex('removals').where({ ...inIt, ...own }))),
  ];
  return { kind: 'collaboration', subjectId: id, ids };
}

async function ofPersonRequest(
  knex: Knex,
  records: Records,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<EvidenceScope> {
  const request = await records.get(id);
  const removals = await idsOf(knex('removals').where({ tenant_id: tenantId, request_id: id }));
  return { kind: 'person-request', subjectId: id, ids: [id, String(request.job_id), ...removals] };
}

function personRequestOf(request: Extract<EvidenceRequest, { kind: 'person-request' }>): string {
  const { deletion_request_id: deletion, access_request_id: access } = request;
  const id = deletion ?? access;
  if (id !== undefined && (deletion === undefined) !== (access === undefined)) return id;
  throw new ServiceError('request_invalid', {
    errors: [{ pointer: '/deletion_request_id', message: 'Name either a deletion request or an access request.' }],
  });
}

async function ofPeriod(request: Extract<EvidenceRequest, { kind: 'period' }>): Promise<EvidenceScope> {
  const [since, until] = [request.since, request.until].map((text) => new Date(text).toISOString()) as [string, string];
  if (since < until) return { kind: 'period', subjectId: 'period', ids: undefined, since, until };
  throw new ServiceError('request_invalid', {
    errors: [{ pointer: '/until', message: 'The period ends before it begins.', hint: 'until comes after since.' }],
  });
}

async function idsOf(query: Knex.QueryBuilder): Promise<string[]> {
  return ((await query.select('id')) as { id: string }[]).map(({ id }) => id);
}
