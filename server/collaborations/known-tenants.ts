// Refuses members that are no tenants of this service, before a collaboration waits for them for ever.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';

/** Throws `request_invalid` at the pointer. */
export async function assertTenantsExist(
  tx: AuditedTransaction,
  { tenantIds, pointer }: { tenantIds: readonly string[]; pointer: string },
): Promise<void> {
  const known = await tx.trx('tenants').whereIn('id', tenantIds).select('id');
  if (known.length === tenantIds.length) return;
  const message = 'There is no tenant of this id.';
  throw new ServiceError('request_invalid', {
    errors: [{ pointer, message, hint: 'Ask the partner for its tenant id.' }],
  });
}
