// What an activation leaves out, as it is asked for: audiences of the own tenant, and segments over its own datasets.
import type { Knex } from 'knex';
import { audiences } from '../audiences/audience.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import { segments } from '../segments/segment-record.ts';
import type { Activation, Exclusion } from './activation.ts';

export interface ExclusionWish {
  readonly audienceIds: readonly string[];
  readonly segmentIds: readonly string[];
}

/** Each under an id of its own, by which the list of its keys goes in the engine. Throws `not_found` for another tenant's. */
export async function exclusionsOf(
  tx: AuditedTransaction,
  wish: ExclusionWish,
  of: { tenantId: string; audienceId: string },
): Promise<Exclusion[]> {
  const own = { tenant_id: of.tenantId };
  for (const [place, id] of wish.audienceIds.entries()) {
    await audiences.get(tx.trx, id, own);
    if (id === of.audienceId) throw fault(`/exclude/audience_ids/${place}`, 'An audience cannot leave itself out.');
  }
  for (const [place, id] of wish.segmentIds.entries()) {
    const { datasetId } = await segments.get(tx.trx, id, own);
    if (datasetId !== null) continue;
    throw fault(
      `/exclude/segment_ids/${place}`,
      'This segment is over a collaboration. Leave out an audience of it, or a segment over an own dataset.',
    );
  }
  return [
    ...wish.audienceIds.map((audienceId) => ({ id: newId('exc'), audienceId })),
    ...wish.segmentIds.map((segmentId) => ({ id: newId('exc'), segmentId })),
  ];
}

/** By their names, in order. */
export async function excludedNames(knex: Knex, { exclusions }: Pick<Activation, 'exclusions'>): Promise<string[]> {
  const names = exclusions.map(async ({ audienceId, segmentId }) =>
    segmentId === undefined
      ? `audience "${(await audiences.get(knex, audienceId)).name}"`
      : `segment "${(await segments.get(knex, segmentId)).name}"`,
  );
  return (await Promise.all(names)).sort();
}

function fault(pointer: string, message: string): ServiceError {
  return new ServiceError('request_invalid', { errors: [{ pointer, message }] });
}
