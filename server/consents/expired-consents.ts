// Evidence that ran out: whoever was delivered by it is taken out, as after a withdrawal, unless something newer stands.
import { evidenceClass, evidenceState, mergedEvidence, NO_EVIDENCE } from '../../policies/evidence.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { requestRemovals } from '../removals/queue-removals.ts';
import { type ConsentRecord, consentRecords } from './consent-record.ts';
import { wishesOf } from './consent-service.ts';
import { MAX_EXPIRED_AT_ONCE } from './limits.ts';

export async function removeExpiredConsents(ground: Ground): Promise<void> {
  const now = instantOf(ground.clock);
  const rows = (await ground.db
    .knex('consent_records')
    .where('expires_at', '<=', now)
    .whereNull('expiry_seen_at')
    .whereNull('withdrawn_at')
    .orderBy('expires_at')
    .limit(MAX_EXPIRED_AT_ONCE)
    .select('id', 'tenant_id')) as { id: string; tenant_id: string }[];
  for (const tenantId of new Set(rows.map((row) => row.tenant_id))) {
    const ids = rows.filter((row) => row.tenant_id === tenantId).map(({ id }) => id);
    await removeOfTenant(ground, { tenantId, ids, now });
  }
}

async function removeOfTenant(ground: Ground, of: { tenantId: string; ids: readonly string[]; now: string }) {
  const { tenantId, ids, now } = of;
  const expired = await Promise.all(ids.map((id) => consentRecords.get(ground.db.knex, id)));
  const ended: ConsentRecord[] = [];
  for (const record of expired) ended.push(...(await scopesThatEnded(ground, record, now)));
  const id = newId('cch');
  const event = {
    tenantId,
    actor: { kind: 'service', id: 'sweeper' },
    event: 'consent.expired',
    outcome: 'succeeded',
    subject: { kind: 'consent-change', id },
    detail: { records: expired.length },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    for (const record of expired) await consentRecords.save(tx, { ...record, expirySeenAt: now });
    for (const wish of wishesOf(ended, { reason: 'expired', requestId: id })) {
      await requestRemovals(tx, ground, { wish, createdBy: 'sweeper' });
    }
  });
}

/** Each purpose and destination of the record that no other record of the person carries on. */
async function scopesThatEnded(ground: Ground, record: ConsentRecord, instant: string): Promise<ConsentRecord[]> {
  const all = await consentRecords.listAll(ground.db.knex, {
    tenant_id: record.tenantId,
    person_key: record.personKey,
    person_by: record.personBy,
    dataset_id: record.datasetId,
  });
  const pairs = (record.purposes ?? []).flatMap((purpose) =>
    (record.destinations ?? []).map((destinationKind) => ({ purpose, destinationKind, instant })),
  );
  return pairs.flatMap((transfer) => {
    const state = all.map((one) => evidenceState(one, transfer)).reduce(mergedEvidence, NO_EVIDENCE);
    const { grants, isWithdrawn } = evidenceClass(state, transfer);
    const stands = grants.some((grant) => grant.destinations.length > 0 && grant.expiresAt === undefined);
    if (stands && !isWithdrawn) return [];
    return [{ ...record, purposes: [transfer.purpose], destinations: [transfer.destinationKind] }];
  });
}
