// Granting and withdrawing. Records land with their event; a withdrawal also asks for the removals in the same transaction, so that
// there is no moment in which it is known and nobody is on the way to the destinations.
import type { Knex } from 'knex';
import type { ConsentChange, ConsentChangeResult } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { type ErrorPlace, notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import type { RemovalWish } from '../removals/person-set.ts';
import { requestRemovals } from '../removals/queue-removals.ts';
import { type CheckedChange, checkChange } from './checked-change.ts';
import { type ConsentRecord, consentRecords } from './consent-record.ts';
import { joinedKeys, keyOfDigest, keyOfRecordId } from './person-keys.ts';

/** `isBulk` is for the places of faults. Throws `request_invalid` with each of them, or `not_found` for a dataset. */
export async function changeConsents(
  ground: Ground,
  caller: TenantCaller,
  { changes, isBulk }: { changes: readonly ConsentChange[]; isBulk: boolean },
): Promise<ConsentChangeResult> {
  const checked = checkedChanges(ground, changes, isBulk);
  await assertOwnDatasets(ground.db.knex, caller.tenantId, checked);
  const id = newId('cch');
  const records = await recordsOf(ground, caller, { id, checked, isBulk });
  const withdrawals = records.filter(({ withdrawnAt }) => withdrawnAt !== null);
  const counts = { granted: records.length - withdrawals.length, withdrawn: withdrawals.length };
  const event = {
    ...byCaller(caller),
    event: 'consent.changed',
    outcome: 'succeeded',
    subject: { kind: 'consent-change', id },
    detail: counts,
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    for (const record of records) await consentRecords.insert(tx, record);
    for (const withdrawal of withdrawals) await closeGrants(tx, withdrawal);
    const jobs: string[] = [];
    for (const wish of wishesOf(withdrawals, { reason: 'withdrawn', requestId: id })) {
      jobs.push(await requestRemovals(tx, ground, { wish, createdBy: caller.memberId }));
    }
    return jobs;
  });
  return { id, ...counts, removal_job_ids: result };
}

/** One wish for each set of purposes and destinations: whoever took back one purpose stays where it serves another. */
export function wishesOf(
  records: readonly ConsentRecord[],
  { reason, requestId }: { reason: 'withdrawn' | 'expired'; requestId: string },
): RemovalWish[] {
  const scopes = new Map<string, ConsentRecord[]>();
  for (const record of records) {
    const { tenantId, purposes, destinations, personBy, datasetId } = record;
    const scope = JSON.stringify([tenantId, purposes, destinations, personBy, datasetId]);
    scopes.set(scope, [...(scopes.get(scope) ?? []), record]);
  }
  return [...scopes.values()].map((alike): RemovalWish => {
    const { tenantId, purposes, destinations, datasetId } = alike[0] as ConsentRecord;
    const keys = joinedKeys(new Set(alike.map(({ personKey }) => personKey)));
    return {
      tenantId,
      persons: [datasetId === null ? { by: 'digest', keys } : { by: 'record-id', datasetId, keys }],
      reason,
      ...(reason === 'expired' ? { onlyRefused: true } : {}),
      request: { kind: 'consent-change', id: requestId },
      ...(purposes === null ? {} : { purposes }),
      ...(destinations === null ? {} : { destinationKinds: destinations }),
    };
  });
}

function checkedChanges(ground: Ground, changes: readonly ConsentChange[], isBulk: boolean): CheckedChange[] {
  const nowMs = ground.clock.now().getTime();
  const faults: ErrorPlace[] = [];
  const checked: CheckedChange[] = [];
  for (const [n, change] of changes.entries()) {
    const one = checkChange(change, { at: isBulk ? `/changes/${n}` : '', nowMs });
    if (Array.isArray(one)) faults.push(...one);
    else checked.push(one);
  }
  if (faults.length > 0) throw new ServiceError('request_invalid', { errors: faults.slice(0, 100) });
  return checked;
}

async function assertOwnDatasets(knex: Knex, tenantId: string, checked: readonly CheckedChange[]): Promise<void> {
  const named = new Set(checked.flatMap(({ person }) => ('datasetId' in person ? [person.datasetId] : [])));
  for (const id of named) {
    const own = await knex('datasets').where({ id, tenant_id: tenantId, status: 'active' }).first('id');
    if (own === undefined) throw notFound('dataset');
  }
}

async function recordsOf(
  ground: Ground,
  { tenantId, memberId }: TenantCaller,
  { id, checked, isBulk }: { id: string; checked: readonly CheckedChange[]; isBulk: boolean },
): Promise<ConsentRecord[]> {
  const tenantKey = await ground.keys.getTenantKey(tenantId);
  const createdAt = instantOf(ground.clock);
  return checked.map(({ action: _, person, ...said }, n) => {
    const isDigest = 'digest' in person;
    const personKey = isDigest ? keyOfDigest(person.digest, tenantKey) : keyOfRecordId(person.recordId, tenantKey);
    if (personKey === undefined) {
      const pointer = `${isBulk ? `/changes/${n}` : ''}/record_id`;
      throw new ServiceError('request_invalid', {
        errors: [{ pointer, message: 'is no record id', hint: 'as it stands in the file, 1 to 256 bytes, not blank' }],
      });
    }
    return {
      id: newId('csn'),
      tenantId,
      changeId: id,
      personBy: isDigest ? 'digest' : 'record-id',
      personKey,
      datasetId: isDigest ? null : person.datasetId,
      ...said,
      expirySeenAt: null,
      createdBy: memberId,
      createdAt,
    };
  });
}

/** Grants that a withdrawal covers whole say since when; the others are cut short by the withdrawal's own record. */
async function closeGrants(tx: AuditedTransaction, withdrawal: ConsentRecord): Promise<void> {
  const grants = await consentRecords.listAll(tx.trx, {
    tenant_id: withdrawal.tenantId,
    person_key: withdrawal.personKey,
    person_by: withdrawal.personBy,
    dataset_id: withdrawal.datasetId,
    withdrawn_at: null,
  });
  for (const grant of grants) {
    const isOlder = grant.obtainedAt !== null && grant.obtainedAt <= (withdrawal.withdrawnAt ?? '');
    const isWhole =
      isWithin(grant.purposes, withdrawal.purposes) && isWithin(grant.destinations, withdrawal.destinations);
    if (isOlder && isWhole) await consentRecords.save(tx, { ...grant, withdrawnAt: withdrawal.withdrawnAt });
  }
}

function isWithin(words: readonly string[] | null, scope: readonly string[] | null): boolean {
  return scope === null || (words?.every((word) => scope.includes(word)) ?? false);
}
