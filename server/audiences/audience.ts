// An audience: a segment evaluated at an instant. Its persons are in the engine; its size is shown past the threshold only.
import type { Audience as AudienceBody } from '../../openapi/generated/api.ts';
import type { Cell } from '../activations/activation.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface Audience {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly segmentId: string;
  readonly matchId: string | null;
  readonly datasetId: string | null;
  /** Over an own dataset: the version that its persons are numbered by, once it was evaluated. */
  readonly versionId: string | null;
  readonly instant: string;
  readonly status: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  readonly jobId: string;
  readonly size: Cell | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export const audiences = recordStore('audiences', {
  noun: 'audience',
  mapping: rowMapping<Audience>(['size']),
});

export function audienceBody(audience: Audience, collaborationId: string | null): AudienceBody {
  return {
    id: audience.id,
    name: audience.name,
    segment_id: audience.segmentId,
    collaboration_id: collaborationId,
    dataset_id: audience.datasetId,
    match_id: audience.matchId,
    instant: audience.instant,
    status: audience.status,
    job_id: audience.jobId,
    size: audience.size,
    created_at: audience.createdAt,
    expires_at: audience.expiresAt,
  };
}
