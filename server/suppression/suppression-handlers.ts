// Suppression lists. Digests are re-keyed before anything is stored, so that not even the job's input holds one.
import type { SuppressionList } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { matchKeysOf } from './match-keys.ts';
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
  const keys = matchKeysOf(body.digests, await ground.keys.getTenantKey(tenantId));
  const event = {
    ...byCaller(caller),
    event: 'suppression.extension-requested',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id },
    detail: { digests: body.digests.length },
  } as const;
  const job = {
    kind: 'extend-suppression-list',
    tenantId,
    subject: { kind: 'suppression-list', id },
    // One turn for the tenant, the rotation of its key included: keys under an old key must not come in after it.
    turnId: tenantId,
    input: { keys: keys.toString('base64') },
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
      { kind: 'drop-suppression-list', tenantId, subject, turnId: tenantId, createdBy: caller.memberId },
      now,
    );
  });
}
