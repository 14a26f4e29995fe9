// When the ids that an operator of UID2 or EUID gave out are to be asked for anew: kept with each delivery's report, so that the next
// one tells everybody again once one of them is due.
import type { DeliveryReport } from '../../connectors/kit/report.ts';
import type { Database } from '../database/database.ts';
import { type Delivery, deliveries } from './delivery.ts';

/** What the last ended delivery of the activation left; undefined where no id runs out. */
async function findRemapDue(
  knex: Database['knex'],
  { id, activationId, tenantId }: Pick<Delivery, 'id' | 'activationId' | 'tenantId'>,
): Promise<string | undefined> {
  const row = await knex('deliveries')
    .where({ activation_id: activationId, tenant_id: tenantId })
    .where('id', '<', id)
    .whereNotNull('report')
    .orderBy('id', 'desc')
    .first('id');
  if (row === undefined) return undefined;
  return (await deliveries.get(knex, row.id)).report?.remap_due_at;
}

/** Whether everybody is told again by this delivery, and since when that is due. */
export async function remapOf(
  knex: Database['knex'],
  delivery: Delivery,
): Promise<{ before?: string; isNow: boolean }> {
  const before = await findRemapDue(knex, delivery);
  return { ...(before === undefined ? {} : { before }), isNow: isRemap(before, delivery) };
}

/** What this delivery leaves for the next one. */
export async function remapLeftBy(knex: Database['knex'], delivery: Delivery, report: DeliveryReport) {
  const { before, isNow } = await remapOf(knex, delivery);
  const toldEverybody = report.status === 'delivered' && (isNow || delivery.mode === 'full');
  const dueAt = remapDueAfter({ before, toldEverybody, nowDueAtMs: report.remapDueAtMs });
  return dueAt === undefined ? {} : { remap_due_at: dueAt };
}

/** The same on every attempt: a delivery is of the time when it was asked for. */
export const isRemap = (dueAt: string | undefined, { createdAt }: Pick<Delivery, 'createdAt'>): boolean =>
  dueAt !== undefined && dueAt <= createdAt;

/** The earliest of what was told before and what is told now; only a delivery that told everybody leaves nothing of before. */
export function remapDueAfter(of: {
  before: string | undefined;
  toldEverybody: boolean;
  nowDueAtMs: number | undefined;
}): string | undefined {
  const { before, toldEverybody, nowDueAtMs } = of;
  const now = nowDueAtMs === undefined ? undefined : new Date(nowDueAtMs).toISOString();
  if (now === undefined || before === undefined) return now ?? before;
  return toldEverybody || now < before ? now : before;
}
