// Objections: persons go on the suppression list of exactly what they objected to, and are taken out where they were delivered for it.
import { createHash } from 'node:crypto';
import { findDestination } from '../../connectors/registry.ts';
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { getDataset } from '../datasets/dataset-store.ts';
import { assertNamed } from '../deletions/deletion-handlers.ts';
import { NAMED_AT_MOST } from '../deletions/limits.ts';
import { keysOfNamed, sealNamedPersons } from '../deletions/named-persons.ts';
import { destinations } from '../destinations/destination.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { wrapKey } from '../keys/key-wrapping.ts';
import type { PersonSet } from '../removals/person-set.ts';
import { requestRemovals } from '../removals/queue-removals.ts';
import { suppressionInput } from './suppression-input.ts';
import { insertSuppressionList, type SuppressionListRow } from './suppression-store.ts';

export function objectionHandlers(ground: Ground): Pick<Handlers, 'createObjection'> {
  return { createObjection: (request) => createObjection(ground, request) };
}

async function createObjection(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createObjection'>,
): Promise<AnswerOf<'createObjection'>> {
  await assertScope(ground, tenantId, body);
  const persons = { ...(body.digests && { digests: body.digests }), ...(body.records && { records: body.records }) };
  await assertNamed(ground, tenantId, { persons, atMost: NAMED_AT_MOST });
  const scope = scopeOf(body);
  const jobId = newId('job');
  const digests = Buffer.from((body.digests ?? []).join(''), 'hex');
  const sealed = await wrapKey(ground.rootKey, suppressionInput(tenantId, jobId), digests);
  const sealedPersons = await sealNamedPersons(ground.rootKey, { tenantId, jobId }, persons);
  const wish = {
    tenantId,
    persons: await personSets(ground, tenantId, persons),
    reason: 'objected',
    ...scope,
  } as const;
  const id = newId('sup');
  const event = (list: string) => ({
    ...byCaller(caller),
    event: 'objection.recorded' as const,
    outcome: 'succeeded' as const,
    subject: { kind: 'suppression-list', id: list },
    detail: {
      digests: body.digests?.length ?? 0,
      purposes: scope.purposes ?? null,
      destinations: scope.destinationKinds ?? scope.destinationIds ?? null,
    },
  });
  const { result: list } = await auditedTransaction(ground.db, event, async (tx) => {
    const found = await listOfScope(ground, tx, { id, tenantId, scope });
    const subject = { kind: 'suppression-list', id: found };
    const input = { sealed, sealedPersons };
    const job = { id: jobId, kind: 'extend-suppression-list', tenantId, subject, turnId: found, input };
    await insertJob(tx, { ...job, createdBy: caller.memberId }, instantOf(ground.clock));
    await requestRemovals(tx, ground, { wish: { ...wish, request: subject }, createdBy: caller.memberId });
    return found;
  });
  return { job_id: jobId, subject_id: list };
}

type Body = OperationRequest<'createObjection'>['body'];

function scopeOf(body: Body): Scope {
  const { purposes, destination_kinds: kinds, destination_ids: ids } = body;
  return {
    ...(purposes === undefined ? {} : { purposes: purposes.toSorted() }),
    ...(kinds === undefined ? {} : { destinationKinds: kinds.toSorted() }),
    ...(ids === undefined ? {} : { destinationIds: ids.toSorted() }),
  };
}

async function personSets(ground: Ground, tenantId: string, persons: NamedPersons): Promise<PersonSet[]> {
  const named = keysOfNamed(persons, await ground.keys.getTenantKey(tenantId));
  return [...Map.groupBy(named, ({ dataset }) => dataset)].map(([datasetId, of]): PersonSet => {
    const keys = Buffer.concat(of.map(({ key }) => key));
    return datasetId === undefined ? { by: 'digest', keys } : { by: 'record-id', datasetId, keys };
  });
}

/** A misspelt destination would let the persons go on, and a dataset without identifiers nobody to go by. */
async function assertScope(ground: Ground, tenantId: string, body: Body): Promise<void> {
  assertKinds(body.destination_kinds);
  const errors: { pointer: string; message: string; hint?: string }[] = [];
  for (const [place, id] of (body.destination_ids ?? []).entries()) {
    if ((await destinations.find(ground.db.knex, id, { tenant_id: tenantId })) !== undefined) continue;
    errors.push({ pointer: `/destination_ids/${place}`, message: 'There is no such destination of yours.' });
  }
  for (const [place, { dataset_id: id }] of (body.records ?? []).entries()) {
    const { columns } = JSON.parse((await getDataset(ground.db, id, tenantId)).schema) as DatasetSchema;
    if (Object.values(columns).some(({ role }) => role === 'identifier')) continue;
    const message = 'This dataset has no identifier that a suppression could go by.';
    const hint = 'Withdraw consent by record id (POST /v1/consents), which holds for this dataset.';
    errors.push({ pointer: `/records/${place}/dataset_id`, message, hint });
  }
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
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
  readonly purposes?: readonly string[];
  readonly destinationKinds?: readonly string[];
  readonly destinationIds?: readonly string[];
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
    destination_ids: scope.destinationIds === undefined ? null : JSON.stringify(scope.destinationIds),
    created_at: now,
    updated_at: now,
  });
  return id;
}
