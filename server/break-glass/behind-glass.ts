// A request that names a break-glass read: its caller becomes a reader of that tenant with the opened permissions and no role at all.
// Whether it may then read is decided by the policies, and each use is recorded before anything is shown.
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { actorOf, type Caller } from '../http/caller.ts';
import type { ContractOperation } from '../http/contract.ts';
import { isId } from '../ids.ts';
import { breakGlassReads } from './break-glass-read.ts';

export const BREAK_GLASS_HEADER = 'X-Ecluse-Break-Glass';

type GlassGround = Pick<Ground, 'db' | 'clock'>;

/** Throws `not_found` for a read that is not the caller's own or not open. */
export async function callerBehindGlass(ground: GlassGround, caller: Caller, readId: string): Promise<Caller> {
  const read = await asService(() => breakGlassReads.find(ground.db.knex, readId, { reader: caller.memberId }));
  if (read === undefined || read.status !== 'open' || read.until === null) throw notFound('open break-glass read');
  const glass = { readId, permissions: read.permissions, until: read.until, now: ground.clock.now().toISOString() };
  return { ...caller, tenantId: read.tenantId, roles: [], glass };
}

/** In the log of the tenant whose things are read, under the name of who reads. */
export async function recordUse(
  ground: GlassGround,
  use: { caller: Caller; reader: Caller; operation: ContractOperation; subjectId: string | undefined },
): Promise<void> {
  const { caller, reader, operation, subjectId = '' } = use;
  const id = reader.glass?.readId ?? '';
  await asService(() =>
    auditedTransaction(
      ground.db,
      {
        tenantId: reader.tenantId,
        actor: actorOf(caller),
        event: 'break-glass.used',
        outcome: 'allowed',
        subject: { kind: 'break-glass-read', id },
        detail: {
          operation: operation.id,
          permission: operation.permission,
          read: isId(subjectId) ? subjectId : '',
        },
      },
      async (tx) => {
        await tx.trx('break_glass_reads').where({ id }).increment('uses', 1);
      },
    ),
  );
}
