// The operations of analyses. A run is shown to the member that asked.
import type { Run as RunBody } from '../../openapi/generated/api.ts';
import { getVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type Run, runs } from './run.ts';
import { createRun } from './run-service.ts';

export function runHandlers(ground: Ground): Pick<Handlers, 'createRun' | 'listRuns' | 'getRun'> {
  const { knex } = ground.db;
  return {
    async createRun(request) {
      const { analysis, match_id: matchId } = request.body;
      const question = { collaborationId: request.params.collaboration_id, analysis, matchId };
      return runBody(await createRun(ground, tenantCaller(request), question));
    },
    async listRuns({ tenantId, params, query }) {
      const { id } = await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId });
      const where = { collaboration_id: id, tenant_id: tenantId };
      return pageOf(await runs.list(knex, where, pageRange(query)), query, runBody);
    },
    async getRun({ tenantId, params }) {
      return runBody(await runs.get(knex, params.run_id, { tenant_id: tenantId }));
    },
  };
}

function runBody(run: Run): RunBody {
  return {
    id: run.id,
    collaboration_id: run.collaborationId,
    analysis: run.analysis,
    match_id: run.matchId,
    status: run.status,
    job_id: run.jobId,
    question: 'How many persons stand in both contributions?',
    result: run.result === null ? null : { ...run.result, by_identifier: { ...run.result.by_identifier } },
    decision: run.decision,
    receipt_event_id: run.receiptEventId,
    created_at: run.createdAt,
  };
}
