// Suppression lists. Digests travel to the worker encrypted and are re-keyed there; nothing holds one in the clear.
import type { SuppressionList } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { wrapKey } from '../keys/key-wrapping.ts';
import { suppressionInput } from './suppression-input.ts';
import {
  getSuppressionList,
  insertSuppressionList,
  type SuppressionListRow,
  suppressionListBody,
  suppressionLists,
  updateSuppressionList,
} from './suppression-store.ts';

type Operations =
  | 'listSuppressionLists'
  | 'createSuppressionList'
  | 'getSuppressionList'
  | 'deleteSuppressionList'
  | 'addSuppressions';

export function suppressionHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { db } = ground;
  return {
    listSuppressionLists: ({ tenantId, query }) => listPage(suppressionLists(db, tenantId), query, suppressionListBody),
    createSuppressionList: (request) => createSuppressionList(ground, request),
    getSuppressionList: async ({ tenantId, params }) =>
      suppressionListBody(await getSuppressionList(db, params.suppression_list_id, tenantId)),
    deleteSuppressionList: (request) => deleteSuppressionList(ground, request),
    addSuppressions: (request) => addSuppressions(ground, request),
  };
}

async function createSuppressionList(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createSuppressionList'>,
): Promise<SuppressionList> {
  const now = instantOf(ground.clock);
  const row: SuppressionListRow = {
    id: newId('sup'),
    tenant_id: tenantId,
    name: body.name,
    identifier_type: body.type,
    state: 'active',
    entries: 0,
    purposes: null,
    destination_kinds: null,
    destination_ids: null,
    created_at: now,
    updated_at: now,
  };
  const event = {
    ...byCaller(caller),
    event: 'suppression.created',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id: row.id },
    detail: { type: row.identifier_type },
  } as const;
  await auditedTransaction(ground.db, event, (tx) => insertSuppressionList(tx, row));
  return suppressionListBody(row);
}

async function addSuppressions(
  ground: Ground,
  { caller, tenantId, params, body }: OperationRequest<'addSuppressions'>,
): Promise<AnswerOf<'addSuppressions'>> {
  const { id } = await getSuppressionList(ground.db, params.suppression_list_id, tenantId);
  const jobId = newId('job');
  const digests = Buffer.from(body.digests.join(''), 'hex');
  const sealed = await wrapKey(ground.rootKey, suppressionInput(tenantId, jobId), digests);
  const event = {
    ...byCaller(caller),
    event: 'suppression.extension-requested',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id },
    detail: { digests: body.digests.length },
  } as const;
  const job = {
    id: jobId,
    kind: 'extend-suppression-list',
    tenantId,
    subject: { kind: 'suppression-list', id },
    turnId: id,
    input: { sealed },
    createdBy: caller.memberId,
  };
  const { result } = await auditedTransaction(ground.db, event, (tx) => insertJob(tx, job, instantOf(ground.clock)));
  return { job_id: result, subject_id: id };
}

async function deleteSuppressionList(
  ground: Ground,
  { caller, tenantId, params }: OperationRequest<'deleteSuppressionList'>,
): Promise<undefined> {
  const { id } = await getSuppressionList(ground.db, params.suppression_list_id, tenantId);
  const now = instantOf(ground.clock);
  const event = {
    ...byCaller(caller),
    event: 'suppression.deleted',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    await updateSuppressionList(tx, id, { state: 'deleted', updated_at: now });
    const subject = { kind: 'suppression-list', id };
    await insertJob(
      tx,
      { kind: 'drop-suppression-list', tenantId, subject, turnId: id, createdBy: caller.memberId },
      now,
    );
  });
}
