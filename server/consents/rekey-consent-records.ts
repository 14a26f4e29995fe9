// Evidence follows a rotation of the tenant's key in the transaction that replaces it: keys under the old one would name nobody.
import { createDecipheriv } from 'node:crypto';
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { listConsentRecords } from './consent-record.ts';

export async function rekeyConsentRecords(
  tx: AuditedTransaction,
  keys: { tenantId: string; oldKey: Uint8Array; newKey: Uint8Array },
): Promise<void> {
  for await (const page of listConsentRecords(tx.trx, { tenant_id: keys.tenantId })) {
    for (const { id, personKey } of page) {
      await tx
        .trx('consent_records')
        .where({ id })
        .update({ person_key: rekeyed(personKey, keys) });
    }
  }
}

function rekeyed(key: string, { oldKey, newKey }: { oldKey: Uint8Array; newKey: Uint8Array }): string {
  const decipher = createDecipheriv('aes-256-ecb', oldKey, null).setAutoPadding(false);
  const block = Buffer.concat([decipher.update(Buffer.from(key, 'hex')), decipher.final()]);
  return encryptBlocks(newKey, block).toString('hex');
}
