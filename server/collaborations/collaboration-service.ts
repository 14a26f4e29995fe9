// The life-cycle of collaborations with what hangs on it: the key made when it becomes active, shredded when it ends;
// contributions and all that was computed from them destroyed with the member that leaves.
import type { AuditEventName } from '../../audit/event.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { settle } from './change-proposal.ts';
import { changeProposals } from './change-proposal-store.ts';
import { applyChange } from './change-service.ts';
import { acceptedMembers, type Collaboration, type CollaborationTerms } from './collaboration.ts';
import { insertCollaboration, lockVisibleCollaboration, saveCollaboration } from './collaboration-store.ts';
import { discardContributions } from './contribution-service.ts';

export interface CollaborationDraft {
  readonly name: string;
  readonly alias: string;
  readonly members: readonly { tenant_id: string; alias: string }[];
  readonly terms: CollaborationTerms;
}

export async function createCollaboration(
  ground: Ground,
  caller: TenantCaller,
  draft: CollaborationDraft,
): Promise<Collaboration> {
  const now = instantOf(ground.clock);
  const collaboration: Collaboration = {
    id: newId('col'),
    name: draft.name,
    status: 'draft',
    ownerTenantId: caller.tenantId,
    members: [
      { tenantId: caller.tenantId, alias: draft.alias, status: 'accepted', decidedAt: now },
      ...draft.members.map((member) => ({
        tenantId: member.tenant_id,
        alias: member.alias,
        status: 'invited' as const,
        decidedAt: null,
      })),
    ],
    terms: draft.terms,
    createdAt: now,
    endedAt: null,
  };
  assertDistinctMembers(collaboration);
  const event = {
    ...byCaller(caller),
    event: 'collaboration.created' as const,
    outcome: 'succeeded' as const,
    subject: { kind: 'collaboration', id: collaboration.id },
    detail: { members: collaboration.members.map(({ tenantId }) => tenantId) },
  };
  await auditedTransaction(ground.db, event, async (tx) => {
    await assertTenantsExist(tx, collaboration);
    await insertCollaboration(tx, collaboration);
  });
  return collaboration;
}

export interface Transition {
  readonly collaboration: Collaboration;
  /** The job that drops what the transition made useless; undefined where nothing was. */
  readonly jobId: string | undefined;
}

/** One step of the life-cycle, with all that follows from it, in one transaction. */
export async function changeCollaboration(
  ground: Ground,
  request: { id: string; caller: TenantCaller; event: AuditEventName },
  step: (collaboration: Collaboration, now: string) => Collaboration,
): Promise<Transition> {
  const now = instantOf(ground.clock);
  const { id, caller } = request;
  const { result } = await auditedTransaction(
    ground.db,
    ({ collaboration, before }: Transition & { before: Collaboration }) => ({
      ...byCaller(caller),
      event: becameActive(before, collaboration) ? ('collaboration.activated' as const) : request.event,
      outcome: 'succeeded' as const,
      subject: { kind: 'collaboration', id },
      detail: { status: collaboration.status },
    }),
    async (tx) => {
      const before = await lockVisibleCollaboration(tx, { id, tenantId: caller.tenantId });
      const next = step(before, now);
      await saveCollaboration(tx, next);
      const jobId = await follow(ground, tx, { before, next, now });
      return { before, collaboration: next, jobId };
    },
  );
  return result;
}

async function follow(
  ground: Ground,
  tx: AuditedTransaction,
  { before, next, now }: { before: Collaboration; next: Collaboration; now: string },
): Promise<string | undefined> {
  if (becameActive(before, next)) await ground.keys.createCollaborationKey(tx, next.id);
  const gone = next.members.filter((member) => member.status === 'left').map((member) => member.tenantId);
  const ended = next.status === 'ended' && before.status !== 'ended';
  if (ended) await ground.keys.destroyCollaborationKey(tx, next.id);
  await settleOpenChanges(ground, tx, { collaboration: next, ended, now });
  const leaving = ended ? next.members.map((member) => member.tenantId) : gone;
  if (leaving.length === 0) return undefined;
  return discardContributions(ground, tx, { collaborationId: next.id, tenantIds: leaving });
}

async function settleOpenChanges(
  ground: Ground,
  tx: AuditedTransaction,
  { collaboration, ended, now }: { collaboration: Collaboration; ended: boolean; now: string },
): Promise<void> {
  const remaining = acceptedMembers(collaboration).map((member) => member.tenantId);
  const open = await changeProposals.listAll(tx.trx, { collaboration_id: collaboration.id, status: 'open' });
  for (const proposal of open) {
    const orphaned = ended || !remaining.includes(proposal.proposedBy);
    const settled = orphaned ? { ...proposal, status: 'void' as const } : settle(proposal, remaining);
    if (settled.status === proposal.status) continue;
    await changeProposals.save(tx, settled);
    if (settled.status === 'accepted') await applyChange(ground, tx, { proposal: settled, collaboration, now });
  }
}

function becameActive(before: Collaboration, next: Collaboration): boolean {
  return before.status !== 'active' && next.status === 'active';
}

function assertDistinctMembers(collaboration: Collaboration): void {
  const tenantIds = new Set(collaboration.members.map((member) => member.tenantId));
  const aliases = new Set(collaboration.members.map((member) => member.alias));
  if (tenantIds.size === collaboration.members.length && aliases.size === collaboration.members.length) return;
  throw new ServiceError('request_invalid', {
    errors: [
      { pointer: '/members', message: 'Each member and each alias may stand here once, the own ones included.' },
    ],
  });
}

async function assertTenantsExist(tx: AuditedTransaction, collaboration: Collaboration): Promise<void> {
  const ids = collaboration.members.map((member) => member.tenantId);
  const known = await tx.trx('tenants').whereIn('id', ids).select('id');
  if (known.length === ids.length) return;
  throw new ServiceError('request_invalid', {
    errors: [
      {
        pointer: '/members',
        message: 'There is no tenant of one of these ids.',
        hint: 'Ask the partner for its tenant id.',
      },
    ],
  });
}
