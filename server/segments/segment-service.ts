// Checking, describing and keeping segments. A criterion that no rule opens to filters does not exist for the asker.
import type { Knex } from 'knex';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { Criterion } from '../../matching/criteria.ts';
import { type Segment, SegmentError } from '../../matching/segment.ts';
import { validateSegment } from '../../matching/segment-json.ts';
import { parseSegment } from '../../matching/segment-parser.ts';
import { instantOf } from '../clock.ts';
import { assertAcceptedMember, assertActive } from '../collaborations/collaboration.ts';
import { getVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { criteriaOf, listCollaborationCriteria } from '../collaborations/criteria.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { type SegmentRecord, segments } from './segment-record.ts';

/** What a segment over one's own dataset calls it. */
export const OWN_ALIAS = 'own';

export interface SegmentScope {
  readonly collaborationId: string | null;
  readonly datasetId: string | null;
}

export interface SegmentDraft {
  readonly text?: string | undefined;
  readonly expression?: unknown;
}

/** Throws `request_invalid` unless exactly one of the two is named, `not_found` for another's. */
export async function listScopeCriteria(knex: Knex, tenantId: string, scope: SegmentScope): Promise<Criterion[]> {
  const { collaborationId, datasetId } = scope;
  if ((collaborationId === null) === (datasetId === null)) {
    throw new ServiceError('request_invalid', {
      errors: [{ pointer: '', message: 'Name either collaboration_id or dataset_id.' }],
    });
  }
  if (collaborationId !== null) {
    await getVisibleCollaboration(knex, { id: collaborationId, tenantId });
    return listCollaborationCriteria(knex, { collaborationId, tenantId });
  }
  const where = { id: datasetId, tenant_id: tenantId, status: 'active' };
  const row = (await knex('datasets').where(where).first('schema')) as { schema: string } | undefined;
  if (!row) throw notFound('dataset');
  return criteriaOf(parseDatasetSchema(JSON.parse(row.schema)), { alias: OWN_ALIAS, origin: 'first-party' });
}

/** The checked expression. Throws SegmentError with the spot of each fault. */
export function readSegment(draft: SegmentDraft, criteria: readonly Criterion[]): Segment {
  if ((draft.text === undefined) === (draft.expression === undefined)) {
    throw new ServiceError('request_invalid', {
      errors: [{ pointer: '', message: 'Give either text or expression.' }],
    });
  }
  return draft.text === undefined ? validateSegment(draft.expression, criteria) : parseSegment(draft.text, criteria);
}

export async function createSegment(
  ground: Ground,
  caller: TenantCaller,
  wish: { name: string; scope: SegmentScope; draft: SegmentDraft },
): Promise<SegmentRecord> {
  const { db, clock } = ground;
  const { collaborationId } = wish.scope;
  const criteria = await listScopeCriteria(db.knex, caller.tenantId, wish.scope);
  if (collaborationId !== null) {
    const collaboration = await getVisibleCollaboration(db.knex, { id: collaborationId, tenantId: caller.tenantId });
    assertActive(collaboration, instantOf(clock));
    assertAcceptedMember(collaboration, caller.tenantId);
  }
  const segment: SegmentRecord = {
    id: newId('seg'),
    tenantId: caller.tenantId,
    name: wish.name,
    ...wish.scope,
    expression: readOrRefuse(wish.draft, criteria),
    createdAt: instantOf(clock),
  };
  const event = {
    ...byCaller(caller),
    event: 'segment.created',
    outcome: 'succeeded',
    subject: { kind: 'segment', id: segment.id },
    detail: { ...wish.scope },
  } as const;
  await auditedTransaction(db, event, (tx) => segments.insert(tx, segment));
  return segment;
}

function readOrRefuse(draft: SegmentDraft, criteria: readonly Criterion[]): Segment {
  try {
    return readSegment(draft, criteria);
  } catch (error) {
    if (!(error instanceof SegmentError)) throw error;
    throw new ServiceError('request_invalid', {
      errors: error.issues.map(({ pointer, offset, message, hint }) => ({
        pointer: draft.text === undefined ? `/expression${pointer ?? ''}` : '/text',
        message,
        hint,
        ...(offset === undefined ? {} : { offset }),
      })),
    });
  }
}
