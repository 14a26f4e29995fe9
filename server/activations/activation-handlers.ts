// The operations of activations.
import type { Knex } from 'knex';
import type { Activation as ActivationBody } from '../../openapi/generated/api.ts';
import { approvals } from '../approvals/approval.ts';
import { approvalBody } from '../approvals/approval-handlers.ts';
import { deliveries } from '../deliveries/delivery.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type Activation, activations } from './activation.ts';
import { createActivation, requestDryRun, submitActivation, withdrawActivation } from './activation-service.ts';

type Operations =
  | 'listActivations'
  | 'createActivation'
  | 'getActivation'
  | 'dryRunActivation'
  | 'submitActivation'
  | 'withdrawActivation';

export function activationHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listActivations({ tenantId, query }) {
      const found = await activations.list(knex, { tenant_id: tenantId }, pageRange(query));
      const page = pageOf(found, query, (one) => one);
      return { ...page, items: await Promise.all(page.items.map((activation) => bodyOf(knex, activation))) };
    },
    async createActivation(request) {
      const { audience_id: audienceId, destination_id: destinationId, purpose, exclude } = request.body;
      const { audience_ids: audienceIds = [], segment_ids: segmentIds = [] } = exclude ?? {};
      const wish = { audienceId, destinationId, purpose, exclude: { audienceIds, segmentIds } };
      return bodyOf(knex, await createActivation(ground, tenantCaller(request), wish));
    },
    async getActivation({ tenantId, params }) {
      return bodyOf(knex, await activations.get(knex, params.activation_id, { tenant_id: tenantId }));
    },
    async dryRunActivation(request) {
      const id = request.params.activation_id;
      return { job_id: await requestDryRun(ground, tenantCaller(request), id), subject_id: id };
    },
    async submitActivation(request) {
      return bodyOf(knex, await submitActivation(ground, tenantCaller(request), request.params.activation_id));
    },
    async withdrawActivation(request) {
      return bodyOf(knex, await withdrawActivation(ground, tenantCaller(request), request.params.activation_id));
    },
  };
}

async function bodyOf(knex: Knex, activation: Activation): Promise<ActivationBody> {
  const asked = await approvals.listAll(knex, { subject_kind: 'activation', subject_id: activation.id });
  const sent = await deliveries.listAll(knex, { activation_id: activation.id });
  return {
    id: activation.id,
    audience_id: activation.audienceId,
    destination_id: activation.destinationId,
    purpose: activation.purpose,
    status: activation.status,
    requested_by: activation.requestedBy,
    terms_hash: activation.termsHash,
    dry_run: activation.dryRun === null ? null : { ...activation.dryRun, refused: { ...activation.dryRun.refused } },
    exclude: {
      audience_ids: activation.exclusions.flatMap(({ audienceId }) => audienceId ?? []),
      segment_ids: activation.exclusions.flatMap(({ segmentId }) => segmentId ?? []),
    },
    approvals: asked.map(approvalBody),
    deliveries: sent.map(({ id }) => id),
    created_at: activation.createdAt,
  };
}
