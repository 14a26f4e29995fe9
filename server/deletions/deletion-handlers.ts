// Deletion requests: asked for by an officer, followed until they are completed.
import type { DeletionRequest as DeletionRequestBody, DropList, NamedPersons } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { datasetViews, getDataset } from '../datasets/dataset-store.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { deletionRequestBody, deletionRequestMapping, deletionRequests, OPEN_STATES } from './deletion-request.ts';
import { requestDeletion } from './deletion-service.ts';
import { NAMED_AT_MOST } from './limits.ts';
import { countNamed } from './named-persons.ts';
import { listUnmatchable } from './unsalted-digests.ts';

type Operations = 'listDeletionRequests' | 'createDeletionRequest' | 'getDeletionRequest';

export function deletionHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    listDeletionRequests: ({ tenantId, query }) => {
      const rows = knex('deletion_requests').where({ tenant_id: tenantId });
      const now = ground.clock.now();
      if (query.overdue === true) rows.whereIn('status', OPEN_STATES).where('due_at', '<', now.toISOString());
      return listPage(rows, query, (row) => deletionRequestBody(deletionRequestMapping.fromRow(row as never), now));
    },
    createDeletionRequest: (request) => createDeletionRequest(ground, request),
    getDeletionRequest: async ({ tenantId, params }) => {
      const request = await deletionRequests.get(knex, params.deletion_request_id, { tenant_id: tenantId });
      return deletionRequestBody(request, ground.clock.now());
    },
  };
}

async function createDeletionRequest(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createDeletionRequest'>,
): Promise<DeletionRequestBody> {
  if (body.received_at !== undefined && new Date(body.received_at).toISOString() > instantOf(ground.clock)) {
    throw new ServiceError('request_invalid', {
      errors: [{ pointer: '/received_at', message: 'A request cannot have come in later than now.' }],
    });
  }
  const named = body.drop === undefined ? body.persons : undefined;
  if (body.drop !== undefined && body.persons !== undefined) throw bothNamed();
  if (body.drop === undefined) await assertNamed(ground, tenantId, { persons: named ?? {}, atMost: NAMED_AT_MOST });
  const request = await requestDeletion(ground, {
    tenantId,
    by: byCaller(caller),
    ...(body.drop === undefined
      ? ({ source: 'officer', persons: named ?? {} } as const)
      : await dropWish(ground, tenantId, body.drop)),
    reference: body.reference,
    receivedAt: body.received_at,
    dueInDays: body.due_in_days,
    maxPersons: body.max_persons,
  });
  return deletionRequestBody(request, ground.clock.now());
}

function bothNamed(): ServiceError {
  return new ServiceError('request_invalid', {
    errors: [
      { pointer: '/drop', message: 'A list of the platform is a request of its own.', hint: 'Leave out persons.' },
    ],
  });
}

/** Throws where no dataset has digests to look the list up in: an answer of "nobody found" would be untrue. */
async function dropWish(ground: Ground, tenantId: string, { list, hashes }: DropList) {
  const spelling = list === 'phone' ? 'last-ten' : 'as-typed';
  const unmatchable = await listUnmatchable(ground, tenantId, { kind: list, spelling });
  const datasets = await datasetViews(ground.db, tenantId);
  if (unmatchable.length === datasets.length) {
    const message = `No dataset has a column that ${list} hashes of this list can be compared with.`;
    const hint = `Salted digests cannot be. Load a platform-digest column of the profile drop@2026-08${list === 'email' ? '' : `/${list}`}.`;
    throw new ServiceError('request_invalid', { errors: [{ pointer: '/drop', message, hint }] });
  }
  const digests = hashes.map((hash) => Buffer.from(hash, 'base64').toString('hex'));
  return { source: 'drop', persons: { unsalted: [{ kind: list, spelling, digests }] }, unmatchable } as const;
}

/** Somebody must be named, and every record id in a dataset of the tenant's own that has record ids. */
export async function assertNamed(
  ground: Ground,
  tenantId: string,
  { persons, atMost }: { persons: NamedPersons; atMost: number },
): Promise<void> {
  const { digests, record_ids: recordIds } = countNamed(persons);
  const faults =
    digests + recordIds === 0
      ? [{ pointer: '/persons', message: 'Nobody is named.', hint: 'Give digests, records, or both.' }]
      : digests + recordIds > atMost
        ? [{ pointer: '/persons', message: `More than ${atMost} are named.`, hint: 'Ask in several requests.' }]
        : [];
  for (const [place, { dataset_id: id }] of (persons.records ?? []).entries()) {
    const { schema } = await getDataset(ground.db, id, tenantId);
    if (Object.values(JSON.parse(schema).columns as object).some(({ role }) => role === 'record-id')) continue;
    const pointer = `/persons/records/${place}/dataset_id`;
    faults.push({ pointer, message: 'This dataset has no record-id column.', hint: 'Name its persons by digests.' });
  }
  if (faults.length > 0) throw new ServiceError('request_invalid', { errors: faults });
}
