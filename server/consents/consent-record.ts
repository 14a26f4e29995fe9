// One record of evidence: what one person agreed to, or took back. The person stands in it by a key under the tenant's key.
import type { Knex } from 'knex';
import type { EvidenceRecord } from '../../policies/evidence.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface ConsentRecord extends EvidenceRecord {
  readonly id: string;
  readonly tenantId: string;
  /** The request that brought it. */
  readonly changeId: string;
  readonly personBy: 'digest' | 'record-id';
  /** 32 hex digits. */
  readonly personKey: string;
  readonly datasetId: string | null;
  /** SHA-256 of the text that was shown; null for a withdrawal. */
  readonly textSha256: string | null;
  readonly source: string | null;
  readonly expirySeenAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
}

export const consentRecords = recordStore('consent_records', {
  noun: 'consent record',
  mapping: rowMapping<ConsentRecord>(['purposes', 'destinations']),
});

const PAGE_RECORDS = 20_000;

/** In pages, oldest first. */
export async function* listConsentRecords(
  knex: Knex,
  where: Record<string, string>,
): AsyncGenerator<readonly ConsentRecord[]> {
  const { fromRow } = rowMapping<ConsentRecord>(['purposes', 'destinations']);
  for (let after = ''; ; ) {
    const rows = await knex('consent_records').where(where).where('id', '>', after).orderBy('id').limit(PAGE_RECORDS);
    if (rows.length > 0) yield rows.map((row) => fromRow(row));
    if (rows.length < PAGE_RECORDS) return;
    after = String(rows.at(-1)?.id);
  }
}

/** What tells one state of a tenant's evidence from another; grants alone can let somebody in. */
export async function evidenceMarks(knex: Knex, tenantId: string): Promise<{ grants: string; withdrawals: string }> {
  const mark = async (kind: 'obtained_at' | 'withdrawn_at') => {
    const [row] = await knex('consent_records')
      .where({ tenant_id: tenantId })
      .whereNotNull(kind)
      .max({ last: 'id' })
      .count({ records: '*' });
    return `${row?.records ?? 0} ${row?.last ?? ''}`;
  };
  return { grants: await mark('obtained_at'), withdrawals: await mark('withdrawn_at') };
}
