// The operations of consents.
import type { ConsentRecord as ConsentRecordBody } from '../../openapi/generated/api.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type ConsentRecord, consentRecords } from './consent-record.ts';
import { changeConsents } from './consent-service.ts';
import { keyOfDigest, keyOfRecordId } from './person-keys.ts';

export function consentHandlers(ground: Ground): Pick<Handlers, 'listConsents' | 'changeConsents'> {
  return {
    async listConsents({ tenantId, query }) {
      const where = { tenant_id: tenantId, ...(await whereOf(ground, tenantId, query)) };
      return pageOf(await consentRecords.list(ground.db.knex, where, pageRange(query)), query, consentBody);
    },
    async changeConsents(request) {
      const { body } = request;
      const asked = 'changes' in body ? { changes: body.changes, isBulk: true } : { changes: [body], isBulk: false };
      return changeConsents(ground, tenantCaller(request), asked);
    },
  };
}

type Query = OperationRequest<'listConsents'>['query'];

async function whereOf(ground: Ground, tenantId: string, query: Query): Promise<Record<string, string>> {
  const { digest, record_id: recordId, dataset_id: datasetId, change_id: changeId } = query;
  const change: Record<string, string> = changeId === undefined ? {} : { change_id: changeId };
  if (digest === undefined && recordId === undefined) {
    return datasetId === undefined ? change : { ...change, dataset_id: datasetId };
  }
  const tenantKey = await ground.keys.getTenantKey(tenantId);
  if (recordId === undefined)
    return { ...change, person_by: 'digest', person_key: keyOfDigest(digest ?? '', tenantKey) };
  if (digest !== undefined || datasetId === undefined) {
    throw new ServiceError('request_invalid', {
      errors: [
        {
          pointer: '/record_id',
          message: 'names no person, or two',
          hint: 'give it with its dataset_id, and no digest',
        },
      ],
    });
  }
  const key = keyOfRecordId(recordId, tenantKey) ?? '';
  return { ...change, person_by: 'record-id', dataset_id: datasetId, person_key: key };
}

function consentBody(record: ConsentRecord): ConsentRecordBody {
  return {
    id: record.id,
    change_id: record.changeId,
    person_by: record.personBy,
    dataset_id: record.datasetId,
    purposes: record.purposes === null ? null : ([...record.purposes] as ConsentRecordBody['purposes']),
    destinations: record.destinations === null ? null : [...record.destinations],
    text_sha256: record.textSha256,
    source: record.source,
    obtained_at: record.obtainedAt,
    expires_at: record.expiresAt,
    withdrawn_at: record.withdrawnAt,
    created_by: record.createdBy,
    created_at: record.createdAt,
  };
}
