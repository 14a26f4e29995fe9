// The audit log as a tenant sees it: its own events, its own receipts, and the key that verifies them.

import { findDecimal } from '../../audit/bytes.ts';
import { witnessPolicyText } from '../../audit/witness-policy.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { cursorOf, pageSize, positionOfCursor } from '../http/page.ts';
import { getAuditLog } from './audit-log.ts';
import { AuditLogError } from './audit-log-error.ts';
import { getEvent, readFrontier } from './audit-log-store.ts';
import { eventBody, linesOf } from './event-body.ts';
import { type EventFilter, eachEvent, listEvents } from './event-search.ts';
import { getReceipt } from './receipt-store.ts';

export function auditHandlers(
  ground: Ground,
): Pick<Handlers, 'listAuditEvents' | 'exportAuditEvents' | 'getAuditEvent' | 'getLogKey' | 'getReceipt'> {
  const { knex } = ground.db;
  return {
    listAuditEvents: (request) => listOwnEvents(ground, request),
    exportAuditEvents: (request) => exportOwnEvents(ground, request),
    getAuditEvent: async ({ params, tenantId }) =>
      eventBody(await getEvent(knex, { eventId: params.event_id, tenantId }).catch(asNotFound)),
    getLogKey: async () => {
      const { names, cosigner } = await getAuditLog(ground);
      const { origin, verifierKey, verifierKeys } = await names();
      const witness_policy = cosigner === undefined ? null : witnessPolicyText(cosigner.policy, verifierKey);
      return { origin, verifier_key: verifierKey, earlier_keys: verifierKeys.slice(0, -1), witness_policy };
    },
    getReceipt: ({ params, tenantId }) => getCoveredReceipt(ground, { eventId: params.event_id, tenantId }),
  };
}

async function listOwnEvents(
  { db }: Ground,
  { tenantId, query }: OperationRequest<'listAuditEvents'>,
): Promise<AnswerOf<'listAuditEvents'>> {
  const limit = pageSize(query);
  const beforeIndex = query.cursor === undefined ? undefined : indexOfCursor(query.cursor);
  const found = await listEvents(db.knex, { ...filterOf(query, tenantId), beforeIndex, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(eventBody),
    next_cursor: found.length > limit && last ? cursorOf(String(last.index)) : null,
  };
}

/** The export is an event itself, and says which questions narrowed it, never with what: a question may name anything. */
async function exportOwnEvents(
  ground: Ground,
  { tenantId, query, caller }: OperationRequest<'exportAuditEvents'>,
): Promise<AsyncIterable<string>> {
  const filter = filterOf(query, tenantId);
  const { size } = await readFrontier(ground.db.knex);
  await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'audit-log.exported',
    outcome: 'succeeded',
    subject: { kind: 'audit-log', id: 'log' },
    detail: { size, narrowedBy: Object.keys(query).toSorted() },
  });
  return linesOf(eachEvent(ground.db.knex, { ...filter, endIndex: size }));
}

function filterOf(query: OperationRequest<'exportAuditEvents'>['query'], tenantId: string): EventFilter {
  if (query.tenant_id !== undefined && query.tenant_id !== tenantId) throw notFound('tenant');
  const { event, subject_id: subjectId, actor_id: actorId, outcome, since, until } = query;
  return { tenantId, event, subjectId, actorId, outcome, since: instantIn(since), until: instantIn(until) };
}

function instantIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString();
}

// An event younger than the last checkpoint is covered by signing one now.
async function getCoveredReceipt(ground: Ground, of: { eventId: string; tenantId: string }): Promise<string> {
  const { knex } = ground.db;
  const { checkpoints, cosigner } = await getAuditLog(ground);
  const isCosigned = cosigner?.policy.quorum !== undefined;
  try {
    return await getReceipt(knex, of, { isCosigned });
  } catch (error) {
    if (!(error instanceof AuditLogError) || error.code !== 'event_not_covered') return asNotFound(error);
    await checkpoints.checkpointNow().catch(asUnavailable);
    return getReceipt(knex, of, { isCosigned });
  }
}

/** Without its witnesses, a receipt would say less than the others do. */
function asUnavailable(error: unknown): never {
  if (!(error instanceof AuditLogError)) throw error;
  throw new ServiceError('unavailable', { detail: error.message, cause: error });
}

function indexOfCursor(cursor: string): number {
  const index = findDecimal(positionOfCursor(cursor));
  if (index === undefined)
    throw new ServiceError('cursor_invalid', { detail: 'Pass next_cursor of the page before, unchanged.' });
  return index;
}

function asNotFound(error: unknown): never {
  if (error instanceof AuditLogError && error.code === 'event_unknown') throw notFound('audit event');
  throw error;
}
