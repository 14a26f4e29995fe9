// The operations of analyses. A run is shown to the member that asked; the budget to every member of the collaboration.
import type { Run as RunBody } from '../../openapi/generated/api.ts';
import { findCollaboration, getVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { budgetBody, costBody } from './privacy-budget-body.ts';
import { findDebitOf } from './privacy-ledger-store.ts';
import { type Run, runs } from './run.ts';
import { runCsv } from './run-csv.ts';
import { createRun, getBudgetOf, previewRun } from './run-service.ts';

type Operations = 'createRun' | 'previewRun' | 'listRuns' | 'getRun' | 'getRunCsv' | 'getPrivacyBudget';

export function runHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async createRun(request) {
      const question = { collaborationId: request.params.collaboration_id, request: request.body };
      return runBody(ground, await createRun(ground, tenantCaller(request), question));
    },
    async previewRun(request) {
      const question = { collaborationId: request.params.collaboration_id, request: request.body };
      return previewRun(ground, tenantCaller(request), question);
    },
    async listRuns({ tenantId, params, query }) {
      const { id } = await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId });
      const where = { collaboration_id: id, tenant_id: tenantId };
      const found = await runs.list(knex, where, pageRange(query));
      const page = pageOf(found, query, (run) => run);
      return { ...page, items: await Promise.all(page.items.map((run) => runBody(ground, run))) };
    },
    async getRun({ tenantId, params }) {
      return runBody(ground, await runs.get(knex, params.run_id, { tenant_id: tenantId }));
    },
    async getRunCsv({ tenantId, params }) {
      const run = await runs.get(knex, params.run_id, { tenant_id: tenantId });
      return runCsv(run, await costOf(ground, run));
    },
    async getPrivacyBudget({ tenantId, params }) {
      const collaboration = await getVisibleCollaboration(knex, { id: params.collaboration_id, tenantId });
      return budgetBody(collaboration, await getBudgetOf(ground, collaboration));
    },
  };
}

async function runBody(ground: Ground, run: Run): Promise<RunBody> {
  return {
    id: run.id,
    collaboration_id: run.collaborationId,
    analysis: run.analysis,
    match_id: run.matchId,
    status: run.status,
    job_id: run.jobId,
    question: run.asked,
    snapshot: run.snapshot,
    cost: await costOf(ground, run),
    result: run.result,
    decision: run.decision,
    receipt_event_id: run.receiptEventId,
    created_at: run.createdAt,
  };
}

async function costOf(ground: Ground, run: Run): Promise<RunBody['cost']> {
  const { knex } = ground.db;
  const collaboration = await findCollaboration(knex, run.collaborationId);
  if (!collaboration) throw notFound('collaboration');
  const debit = await findDebitOf(knex, run.id);
  const isPaid = debit !== undefined && debit.state !== 'refunded';
  return costBody(isPaid ? BigInt(debit.cost) : 0n, await getBudgetOf(ground, collaboration));
}
