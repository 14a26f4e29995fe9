// The operations of segments.
import type { Criterion } from '../../matching/criteria.ts';
import { SegmentError } from '../../matching/segment.ts';
import { describeSegment } from '../../matching/segment-describe.ts';
import { segmentText } from '../../matching/segment-text.ts';
import type { ParsedSegment, Segment as SegmentBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type SegmentRecord, segments } from './segment-record.ts';
import { createSegment, listScopeCriteria, readSegment, type SegmentDraft } from './segment-service.ts';

export function segmentHandlers(
  ground: Ground,
): Pick<Handlers, 'parseSegment' | 'listSegments' | 'createSegment' | 'getSegment'> {
  const { knex } = ground.db;
  const scopeOf = (body: { collaboration_id?: string; dataset_id?: string }) => ({
    collaborationId: body.collaboration_id ?? null,
    datasetId: body.dataset_id ?? null,
  });
  return {
    async parseSegment({ tenantId, body }) {
      return parsedBody(body, await listScopeCriteria(knex, tenantId, scopeOf(body)));
    },
    async listSegments({ tenantId, query }) {
      return pageOf(await segments.list(knex, { tenant_id: tenantId }, pageRange(query)), query, segmentBody);
    },
    async createSegment(request) {
      const { body } = request;
      const wish = { name: body.name, scope: scopeOf(body), draft: body };
      return segmentBody(await createSegment(ground, tenantCaller(request), wish));
    },
    async getSegment({ tenantId, params }) {
      return segmentBody(await segments.get(knex, params.segment_id, { tenant_id: tenantId }));
    },
  };
}

function parsedBody(draft: SegmentDraft, criteria: readonly Criterion[]): ParsedSegment {
  try {
    const expression = readSegment(draft, criteria);
    const description = describeSegment(expression, criteria, { locale: 'en' });
    return { valid: true, expression: { ...expression }, text: segmentText(expression), description, issues: [] };
  } catch (error) {
    if (!(error instanceof SegmentError)) throw error;
    const issues = error.issues.map(({ pointer, offset, message, hint }) => ({
      message,
      hint,
      ...(pointer === undefined ? {} : { pointer }),
      ...(offset === undefined ? {} : { offset }),
    }));
    return { valid: false, expression: null, text: null, description: null, issues };
  }
}

export function segmentBody(segment: SegmentRecord): SegmentBody {
  return {
    id: segment.id,
    name: segment.name,
    collaboration_id: segment.collaborationId,
    dataset_id: segment.datasetId,
    expression: { ...segment.expression },
    text: segmentText(segment.expression),
    description: describeSegment(segment.expression, [], { locale: 'en' }),
    created_at: segment.createdAt,
  };
}
