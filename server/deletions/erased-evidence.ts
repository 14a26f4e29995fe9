// Evidence of consent of persons who were erased goes with them: it names them by the very keys that are gone.
import type { NamedKey } from '../../matching/erase/erasure.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';

/** Keys that one statement takes. */
const KEYS_A_STATEMENT = 500;

/** Answers how many records there were. */
export async function eraseEvidence(
  tx: AuditedTransaction,
  { tenantId, found }: { tenantId: string; found: readonly NamedKey[] },
): Promise<number> {
  let erased = 0;
  for (const [dataset, of] of Map.groupBy(found, (key) => key.dataset)) {
    const by = dataset === undefined ? { person_by: 'digest' } : { person_by: 'record-id', dataset_id: dataset };
    for (let from = 0; from < of.length; from += KEYS_A_STATEMENT) {
      const keys = of.slice(from, from + KEYS_A_STATEMENT).map(({ key }) => Buffer.from(key).toString('hex'));
      const rows = tx.trx('consent_records').where({ tenant_id: tenantId, ...by });
      erased += await rows.whereIn('person_key', keys).delete();
    }
  }
  return erased;
}
