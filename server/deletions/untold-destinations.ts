// Destinations that a deletion request has still to wait for, and the end of the request once the last has confirmed.
import type { Knex } from 'knex';
import type { ErasureScope } from '../../matching/erase/erasure.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { type DeletionRequest, deletionRequests } from './deletion-request.ts';

/** `unsupported` and `destination_deleted` are ends too: nothing more will be sent there. */
const OPEN = ['queued', 'failed'] as const;

interface RemovalPlace {
  audience_id: string;
  destination_id: string;
}

export async function listUntold(knex: Knex, requestId: string): Promise<ErasureScope['untold']> {
  const rows = (await openRemovals(knex, requestId)
    .join('destinations', 'destinations.id', 'removals.destination_id')
    .whereNull('destinations.deleted_at')
    .select('audience_id', 'destination_id')) as RemovalPlace[];
  return rows.map(({ audience_id: audience, destination_id: destination }) => ({ audience, destination }));
}

export async function countOpenRemovals(knex: Knex, requestId: string): Promise<number> {
  const rows = await openRemovals(knex, requestId).select('removals.id');
  return rows.length;
}

function openRemovals(knex: Knex, requestId: string) {
  return knex('removals').where({ request_id: requestId }).whereIn('removals.status', OPEN);
}

/** For the sweeper: requests whose last destination has answered since. */
export async function completeToldDeletions(ground: Ground): Promise<void> {
  const { knex } = ground.db;
  const waiting = await deletionRequests.listAll(knex, { status: 'awaiting-destinations' });
  for (const request of waiting) {
    if ((await countOpenRemovals(knex, request.id)) === 0) await complete(ground, request);
  }
}

async function complete(ground: Ground, request: DeletionRequest): Promise<void> {
  const ends = (await ground.db.knex('removals').where({ request_id: request.id }).select('status')) as {
    status: string;
  }[];
  const destinations = Object.fromEntries(
    [...Map.groupBy(ends, ({ status }) => status)].map(([status, of]) => [status, of.length]),
  );
  const event = {
    tenantId: request.tenantId,
    actor: { kind: 'service', id: 'sweeper' },
    event: 'deletion.completed',
    outcome: 'succeeded',
    subject: { kind: 'deletion-request', id: request.id },
    detail: { ...request.erased, destinations },
  } as const;
  await auditedTransaction(ground.db, event, (tx) =>
    deletionRequests.save(tx, {
      ...request,
      status: 'completed',
      completedAt: instantOf(ground.clock),
      receiptEventId: tx.eventId,
    }),
  );
}
