// The operations of deliveries.
import type { Delivery as DeliveryBody } from '../../openapi/generated/api.ts';
import { DEFAULTS } from '../../policies/privacy-threshold.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type Delivery, deliveries } from './delivery.ts';
import { createDelivery } from './delivery-service.ts';
import { heldCells } from './volume-breaker.ts';

export function deliveryHandlers(ground: Ground): Pick<Handlers, 'listDeliveries' | 'createDelivery' | 'getDelivery'> {
  const { knex } = ground.db;
  return {
    async listDeliveries({ tenantId, query }) {
      const activation = query.activation_id === undefined ? {} : { activation_id: query.activation_id };
      const found = await deliveries.list(knex, { tenant_id: tenantId, ...activation }, pageRange(query));
      return pageOf(found, query, deliveryBody);
    },
    async createDelivery(request) {
      const { params, query } = request;
      const wish = { activationId: params.activation_id, mode: query.mode ?? ('delta' as const) };
      return deliveryBody(await createDelivery(ground, tenantCaller(request), wish));
    },
    async getDelivery({ tenantId, params }) {
      return deliveryBody(await deliveries.get(knex, params.delivery_id, { tenant_id: tenantId }));
    },
  };
}

export function deliveryBody(delivery: Delivery): DeliveryBody {
  const { report } = delivery;
  return {
    id: delivery.id,
    activation_id: delivery.activationId,
    mode: delivery.mode,
    status: delivery.status,
    phase: delivery.phase,
    job_id: delivery.jobId,
    report:
      report === null
        ? null
        : {
            sent: { ...report.sent },
            refused: { ...report.refused },
            rejected_by_platform: { ...report.rejected_by_platform },
            batches: report.batches,
            platform_jobs: [...report.platform_jobs],
          },
    held: delivery.held === null ? null : heldCells(delivery.held, DEFAULTS.privacyThreshold),
    decision: delivery.decision === null ? null : { ...delivery.decision },
    receipt_event_id: delivery.receiptEventId,
    created_at: delivery.createdAt,
    finished_at: delivery.finishedAt,
  };
}
