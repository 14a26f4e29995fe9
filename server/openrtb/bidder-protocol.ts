// Where bidders ask whether persons they meet are in an audience: signed, fresh, once, and never a list.
// Not in the contract: no member of a tenant calls it, and what is signed are the bytes of the body.
import { createHash } from 'node:crypto';
import express, { type RequestHandler, Router } from 'express';
import { answerBidder, Pace } from '../../connectors/openrtb/answer.ts';
import { openrtb } from '../../connectors/openrtb/destination.ts';
import { FRESHNESS_MS, MAX_REQUEST_BYTES } from '../../connectors/openrtb/limits.ts';
import { asService, asTenant } from '../database/row-scope.ts';
import { isUniqueViolation, writeTransaction } from '../database/write-transaction.ts';
import { type ConfiguredDestination, destinations } from '../destinations/destination.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { openBidderDestination } from './bidder-members.ts';

const PATH = '/openrtb/:destinationId/users';

export function bidderProtocol(ground: Ground): { path: string; serve: RequestHandler } {
  const router = Router({ caseSensitive: true, strict: true });
  const paces = new Map<string, Pace>();
  const body = express.raw({ type: () => true, limit: MAX_REQUEST_BYTES });
  router.post(PATH, body, (request, response) =>
    asService(async () => {
      const destination = await getDestination(ground, String(request.params.destinationId));
      const pace = paces.get(destination.id) ?? new Pace();
      paces.set(destination.id, pace);
      const answered = await asTenant(destination.tenantId, async () =>
        answerBidder(
          { headers: headersOf(request.headers), body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) },
          { ...(await openBidderDestination(ground, destination)), pace, ...timeOf(ground, destination) },
        ),
      );
      response.status(answered.status).set(answered.headers).send(answered.body);
    }),
  );
  return { path: '/', serve: router };
}

async function getDestination({ db }: Ground, id: string): Promise<ConfiguredDestination> {
  const known = { kind: openrtb.kind, deleted_at: null };
  const isId = /^dst_[0-9a-hjkmnp-tv-z]{26}$/.test(id);
  if (!isId) throw new ServiceError('not_found');
  return destinations.get(db.knex, id, known);
}

function timeOf(ground: Ground, { id }: ConfiguredDestination) {
  const nowMs = ground.clock.now().getTime();
  return { nowMs, isFirst: (requestId: string) => isFirst(ground, { destinationId: id, requestId, nowMs }) };
}

/** A question is remembered until it would be refused as stale anyhow. */
async function isFirst(
  { db }: Ground,
  of: { destinationId: string; requestId: string; nowMs: number },
): Promise<boolean> {
  const at = (ms: number): string => new Date(ms).toISOString();
  const request = createHash('sha256').update(of.requestId).digest('hex');
  const row = { destination_id: of.destinationId, request, seen_at: at(of.nowMs) };
  try {
    await writeTransaction(db, async (trx) => {
      const stale = trx('bidder_requests').where({ destination_id: of.destinationId });
      await stale.where('seen_at', '<', at(of.nowMs - 3 * FRESHNESS_MS)).delete();
      await trx('bidder_requests').insert(row);
    });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}
