// A segment that a tenant keeps, over a collaboration or over one of its own datasets.
import type { Segment as SegmentExpression } from '../../matching/segment.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface SegmentRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly collaborationId: string | null;
  readonly datasetId: string | null;
  readonly expression: SegmentExpression;
  readonly createdAt: string;
}

export const segments = recordStore('segments', {
  noun: 'segment',
  mapping: rowMapping<SegmentRecord>(['expression']),
});
