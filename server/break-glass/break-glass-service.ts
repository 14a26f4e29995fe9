// Asking for a break-glass read, ending one early, and what an approval of it opens.
import { accessDecided } from '../approvals/access-decided.ts';
import { changesBetween } from '../approvals/changes.ts';
import { approvalRequested, requestApproval } from '../approvals/request-approval.ts';
import { hashOf, type Shown } from '../approvals/shown.ts';
import type { ApprovableKind } from '../approvals/subjects.ts';
import { instantAfter, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { actorOf, type Caller } from '../http/caller.ts';
import { newId } from '../ids.ts';
import { findTenant } from '../tenants/tenant-store.ts';
import { type BreakGlassRead, breakGlassReads, type ReadablePermission } from './break-glass-read.ts';

export interface BreakGlassWish {
  /** For an operator alone; a member reads in the own tenant. */
  readonly tenantId: string | undefined;
  readonly permissions: readonly ReadablePermission[];
  readonly minutes: number;
  readonly reason: string;
}

export async function requestBreakGlass(ground: Ground, caller: Caller, wish: BreakGlassWish): Promise<BreakGlassRead> {
  const tenantId = await tenantToRead(ground, caller, wish.tenantId);
  const asked: BreakGlassRead = {
    id: newId('brk'),
    tenantId,
    reader: caller.memberId,
    permissions: [...new Set(wish.permissions)].sort(),
    minutes: wish.minutes,
    reason: wish.reason,
    status: 'requested',
    uses: 0,
    createdAt: instantOf(ground.clock),
    until: null,
    endedAt: null,
  };
  const event = {
    // In the log of the tenant whose things would be read.
    tenantId,
    actor: actorOf(caller),
    event: 'break-glass.requested',
    outcome: 'succeeded',
    subject: { kind: 'break-glass-read', id: asked.id },
    detail: { permissions: asked.permissions, minutes: asked.minutes },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    await breakGlassReads.insert(tx, asked);
    const made = await requestApproval(tx, ground.clock, {
      subject: { kind: 'break-glass-read', id: asked.id },
      tenantIds: [tenantId],
      shown: shownRead(ground, caller, asked),
      requestedBy: caller.memberId,
    });
    tx.alsoRecord(approvalRequested({ tenantId, actor: actorOf(caller) }, made));
  });
  return asked;
}

/** By the reader, or by whoever else may see it in the tenant. */
export async function endBreakGlass(ground: Ground, caller: Caller, id: string): Promise<BreakGlassRead> {
  const asked = await getVisibleRead(ground, caller, id);
  const event = {
    tenantId: asked.tenantId,
    actor: actorOf(caller),
    event: 'break-glass.ended',
    outcome: 'succeeded',
    subject: { kind: 'break-glass-read', id },
    detail: {},
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    await tx.trx('break_glass_reads').where({ id }).forUpdate().first();
    const current = await breakGlassReads.get(tx.trx, id);
    if (current.status !== 'open') {
      throw new ServiceError('state_conflict', { detail: `This break-glass read is ${current.status}, not open.` });
    }
    const ended: BreakGlassRead = { ...current, status: 'ended', endedAt: instantOf(ground.clock) };
    await breakGlassReads.save(tx, ended);
    return ended;
  });
  return result;
}

/** A tenant sees those of its own things, whoever asked; an operator those that they asked for. */
export function visibleTo(caller: Caller): { tenant_id: string } | { reader: string } {
  return caller.tenantId === null ? { reader: caller.memberId } : { tenant_id: caller.tenantId };
}

export async function getVisibleRead(ground: Ground, caller: Caller, id: string): Promise<BreakGlassRead> {
  return breakGlassReads.get(ground.db.knex, id, visibleTo(caller));
}

export const breakGlassApproval: ApprovableKind = {
  currentBasisHash: async (_ground, knex, id) => basisOf(await breakGlassReads.get(knex, id)),
  async settle(ground, tx, { subjectId, outcome }) {
    const asked = await breakGlassReads.get(tx.trx, subjectId);
    if (asked.status !== 'requested') return;
    const opened =
      outcome === 'approved'
        ? { status: 'open' as const, until: instantAfter(ground.clock, asked.minutes * 60_000) }
        : { status: outcome };
    await breakGlassReads.save(tx, { ...asked, ...opened });
  },
};

async function tenantToRead(ground: Ground, caller: Caller, named: string | undefined): Promise<string> {
  if (caller.tenantId !== null) {
    if (named === undefined || named === caller.tenantId) return caller.tenantId;
    throw notFound('tenant');
  }
  if (named === undefined) {
    const errors = [{ pointer: '/tenant_id', message: 'An operator names the tenant whose things are to be read.' }];
    throw new ServiceError('request_invalid', { errors });
  }
  if ((await findTenant(ground.db, named)) === undefined) throw notFound('tenant');
  return named;
}

function basisOf({ id, tenantId, reader, permissions, minutes }: BreakGlassRead): string {
  return hashOf({ read: id, tenantId, reader, permissions, minutes });
}

function shownRead(ground: Ground, caller: Caller, asked: BreakGlassRead): Shown {
  const who = caller.tenantId === null ? 'an operator of the service' : 'a member';
  const proposed = {
    reader: asked.reader,
    reader_is: who,
    permissions: asked.permissions,
    minutes: asked.minutes,
    reason: asked.reason,
  };
  return {
    summary: `Let ${who} read ${asked.permissions.join(', ')} for ${asked.minutes} minutes: ${asked.reason}`,
    asked_by: asked.reader,
    asked_at: asked.createdAt,
    changes: changesBetween(null, proposed),
    proposed,
    decisions: accessDecided(ground, caller, 'break-glass:request'),
    forecast: {
      text: `From the approval on, ${who} may read these for ${asked.minutes} minutes, and nothing else. Each use is an event of your log.`,
      detail: { permissions: asked.permissions, minutes: asked.minutes },
    },
    basis_hash: basisOf(asked),
  };
}
