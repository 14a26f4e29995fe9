// The life-cycle of collaborations with what hangs on it: key and salt made when it becomes active, shredded when it ends;
// contributions and all that was computed from them destroyed with the member that leaves.
import type { AuditEventName } from '../../audit/event.ts';
import { voidPending } from '../approvals/request-approval.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { addSalt } from '../keys/service-keys.ts';
import { settle } from './change-proposal.ts';
import { changeProposals } from './change-proposal-store.ts';
import { applyChange } from './change-service.ts';
import {
  acceptedMembers,
  assertEndsLater,
  type Collaboration,
  type CollaborationTerms,
  expire,
} from './collaboration.ts';
import {
  insertCollaboration,
  lockCollaboration,
  lockVisibleCollaboration,
  saveCollaboration,
} from './collaboration-store.ts';
import { discardContributions } from './contribution-service.ts';
import { assertTenantsExist } from './known-tenants.ts';
import { regionOfTenant } from './residency.ts';
import { isRuleApproved } from './rule-change.ts';

export interface CollaborationDraft {
  readonly name: string;
  readonly alias: string;
  readonly members: readonly { tenant_id: string; alias: string }[];
  readonly terms: CollaborationTerms;
  /** The owner's own without it. */
  readonly region?: string | undefined;
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
    region: draft.region ?? (await regionOfTenant(ground.db.knex, caller.tenantId)) ?? '',
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
  assertEndsLater(draft.terms, now);
  const event = {
    ...byCaller(caller),
    event: 'collaboration.created' as const,
    outcome: 'succeeded' as const,
    subject: { kind: 'collaboration', id: collaboration.id },
    detail: { members: collaboration.members.map(({ tenantId }) => tenantId), region: collaboration.region },
  };
  await auditedTransaction(ground.db, event, async (tx) => {
    const tenantIds = collaboration.members.map(({ tenantId }) => tenantId);
    await assertTenantsExist(tx, { tenantIds, pointer: '/members' });
    await insertCollaboration(tx, collaboration);
  });
  return collaboration;
}

/** Who takes a step: the start of its audit events, and whose job drops what it makes useless. */
type Stepper = Pick<AuditDraft, 'tenantId' | 'actor'>;

export interface Transition {
  readonly collaboration: Collaboration;
  /** The job that drops what the transition made useless; undefined where nothing was. */
  readonly jobId: string | undefined;
}

/** One step of the life-cycle by a member, with all that follows from it, in one transaction. */
export async function changeCollaboration(
  ground: Ground,
  request: { id: string; caller: TenantCaller; event: AuditEventName },
  step: (collaboration: Collaboration, now: string) => Collaboration,
): Promise<Transition> {
  const { id, caller, event } = request;
  const now = instantOf(ground.clock);
  const by = byCaller(caller);
  const { result } = await auditedTransaction(ground.db, stepEvent(by, { id, event }), async (tx) => {
    const before = await lockVisibleCollaboration(tx, { id, tenantId: caller.tenantId });
    return takeStep(ground, tx, { before, next: step(before, now), now, by, event });
  });
  return result;
}

/** Its end date has passed. Throws `state_conflict` when another process was faster. */
export async function expireCollaboration(ground: Ground, { id, ownerTenantId }: Collaboration): Promise<Transition> {
  const event = 'collaboration.expired';
  const now = instantOf(ground.clock);
  const by: Stepper = { tenantId: ownerTenantId, actor: { kind: 'service', id: 'service' } };
  const { result } = await auditedTransaction(ground.db, stepEvent(by, { id, event }), async (tx) => {
    const before = await lockCollaboration(tx, id);
    return takeStep(ground, tx, { before, next: expire(before, now), now, by, event });
  });
  return result;
}

interface Step {
  readonly before: Collaboration;
  readonly next: Collaboration;
  readonly now: string;
  readonly by: Stepper;
  readonly event: AuditEventName;
}

async function takeStep(ground: Ground, tx: AuditedTransaction, step: Step): Promise<Transition> {
  const { before, next, by } = step;
  await saveCollaboration(tx, next);
  if (before.status !== 'active' && next.status === 'active') await open(ground, tx, step);
  const ended = before.status !== 'ended' && next.status === 'ended';
  if (ended) await shred(ground, tx, step);
  const leaving = ended ? next.members.map(({ tenantId }) => tenantId) : membersWhoLeft(step);
  const of = { collaborationId: next.id, tenantIds: leaving, by: jobOwner(step) };
  const jobId = leaving.length === 0 ? undefined : await discardContributions(ground, tx, of);
  const collaboration = await settleOpenChanges(ground, tx, { collaboration: next, ended, by });
  return { collaboration, jobId };
}

async function open(ground: Ground, tx: AuditedTransaction, { next, by }: Step): Promise<void> {
  await ground.keys.createCollaborationKey(tx, next.id);
  const saltId = await addSalt(tx, ground.keys, { ownerId: next.id, epoch: 1 });
  tx.alsoRecord(stepEvent(by, { id: next.id, event: 'collaboration.activated' }));
  tx.alsoRecord({
    ...stepEvent(by, { id: next.id, event: 'salt.issued' }),
    subject: { kind: 'salt', id: saltId },
    detail: { collaboration: next.id },
  });
}

async function shred(ground: Ground, tx: AuditedTransaction, { next, by, event }: Step): Promise<void> {
  await ground.keys.destroyCollaborationKey(tx, next.id);
  await ground.keys.destroySalts(tx, next.id);
  if (event === 'collaboration.ended' || event === 'collaboration.expired') return;
  tx.alsoRecord(stepEvent(by, { id: next.id, event: 'collaboration.ended' }));
}

function membersWhoLeft({ before, next }: Step): string[] {
  const remaining = new Set(acceptedMembers(next).map(({ tenantId }) => tenantId));
  return acceptedMembers(before)
    .map(({ tenantId }) => tenantId)
    .filter((tenantId) => !remaining.has(tenantId));
}

function jobOwner({ next, by }: Step) {
  return { tenantId: by.tenantId ?? next.ownerTenantId, memberId: by.actor.id };
}

/** The proposals of whoever left are void; those who remain may be of one mind now. */
async function settleOpenChanges(
  ground: Ground,
  tx: AuditedTransaction,
  { collaboration, ended, by }: { collaboration: Collaboration; ended: boolean; by: Stepper },
): Promise<Collaboration> {
  const remaining = acceptedMembers(collaboration).map((member) => member.tenantId);
  const open = await changeProposals.listAll(tx.trx, { collaboration_id: collaboration.id, status: 'open' });
  let current = collaboration;
  for (const proposal of open) {
    const orphaned = ended || !remaining.includes(proposal.proposedBy);
    const settled = orphaned
      ? { ...proposal, status: 'void' as const }
      : settle(proposal, remaining, await isRuleApproved(tx, proposal));
    if (settled.status === proposal.status) continue;
    await changeProposals.save(tx, settled);
    if (orphaned) await voidPending(tx, { kind: 'rule-change', id: proposal.id });
    if (settled.status !== 'accepted') continue;
    current = await applyChange(ground, tx, { proposal: settled, collaboration: current, by });
  }
  return current;
}

function stepEvent(by: Stepper, { id, event }: { id: string; event: AuditEventName }): AuditDraft {
  return { ...by, event, outcome: 'succeeded', subject: { kind: 'collaboration', id }, detail: {} };
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
