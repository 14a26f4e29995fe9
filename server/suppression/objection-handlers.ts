// Objections: persons go on the suppression list of exactly what they objected to, and are taken out where they were delivered for it.
import { createHash } from 'node:crypto';
import { findDestination } from '../../connectors/registry.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { wrapKey } from '../keys/key-wrapping.ts';
import { requestRemovals } from '../removals/queue-removals.ts';
import { matchKeysOf } from './match-keys.ts';
import { suppressionInput } from './suppression-input.ts';
import { insertSuppressionList, type SuppressionListRow } from './suppression-store.ts';

export function objectionHandlers(ground: Ground): Pick<Handlers, 'createObjection'> {
  return { createObjection: (request) => createObjection(ground, request) };
}

async function createObjection(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createObjection'>,
): Promise<AnswerOf<'createObjection'>> {
  assertKinds(body.destination_kinds);
  const scope = { purposes: body.purposes?.toSorted(), destinationKinds: body.destination_kinds?.toSorted() };
  const digests = Buffer.from(body.digests.join(''), 'hex');
  const keys = matchKeysOf(digests, await ground.keys.getTenantKey(tenantId));
  const jobId = newId('job');
  const sealed = await wrapKey(ground.rootKey, suppressionInput(tenantId, jobId), digests);
  const id = newId('sup');
  const event = (list: string) => ({
    ...byCaller(caller),
    event: 'objection.recorded' as const,
    outcome: 'succeeded' as const,
    subject: { kind: 'suppression-list', id: list },
    detail: {
      digests: body.digests.length,
      purposes: scope.purposes ?? null,
      destinations: scope.destinationKinds ?? null,
    },
  });
  const { result: list } = await auditedTransaction(ground.db, event, async (tx) => {
    const found = await listOfScope(ground, tx, { id, tenantId, scope });
    const subject = { kind: 'suppression-list', id: found };
    const job = { id: jobId, kind: 'extend-suppression-list', tenantId, subject, turnId: found, input: { sealed } };
    await insertJob(tx, { ...job, createdBy: caller.memberId }, instantOf(ground.clock));
    const { purposes, destinationKinds } = scope;
    const wish = {
      tenantId,
      persons: [{ by: 'digest', keys }],
      reason: 'objected',
      ...(purposes === undefined ? {} : { purposes }),
      ...(destinationKinds === undefined ? {} : { destinationKinds }),
      request: subject,
    } as const;
    await requestRemovals(tx, ground, { wish, createdBy: caller.memberId });
    return found;
  });
  return { job_id: jobId, subject_id: list };
}

/** A misspelt destination would let the persons go on. */
function assertKinds(kinds: readonly string[] = []): void {
  const errors = kinds
    .map((kind, place) => ({ kind, pointer: `/destination_kinds/${place}` }))
    .filter(({ kind }) => findDestination(kind) === undefined)
    .map(({ pointer }) => ({ pointer, message: 'There is no destination of this kind.' }));
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}

interface Scope {
  readonly purposes: readonly string[] | undefined;
  readonly destinationKinds: readonly string[] | undefined;
}

/** One list for each scope of a tenant, made by its first objection. */
async function listOfScope(
  ground: Ground,
  tx: AuditedTransaction,
  { id, tenantId, scope }: { id: string; tenantId: string; scope: Scope },
): Promise<string> {
  const mark = createHash('sha256').update(JSON.stringify(scope)).digest('hex').slice(0, 8);
  const name = `objections ${mark}`;
  const where = { tenant_id: tenantId, name, state: 'active' } as const;
  const known = await tx.trx<SuppressionListRow>('suppression_lists').where(where).first('id');
  if (known !== undefined) return known.id;
  const now = instantOf(ground.clock);
  await insertSuppressionList(tx, {
    id,
    tenant_id: tenantId,
    name,
    identifier_type: 'email',
    state: 'active',
    entries: 0,
    purposes: scope.purposes === undefined ? null : JSON.stringify(scope.purposes),
    destination_kinds: scope.destinationKinds === undefined ? null : JSON.stringify(scope.destinationKinds),
    created_at: now,
    updated_at: now,
  });
  return id;
}
