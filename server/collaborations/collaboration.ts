// A collaboration: its members, terms and life-cycle. Pure: every transition returns the next state or throws a refusal.
import type { IdentifierType } from '../../identifiers/identifier.ts';
import { type PrivacyTerms, STRICT } from '../../policies/privacy-terms.ts';
import { ServiceError } from '../errors.ts';

export type CollaborationStatus = 'draft' | 'invited' | 'active' | 'ended';
export type MemberStatus = 'invited' | 'accepted' | 'left';
export type Cardinality = 'one-to-one' | 'many';

export interface CollaborationTerms {
  /** In the order of matching, the strongest first. */
  readonly identifierTypes: readonly IdentifierType[];
  readonly cardinality: Cardinality;
  readonly privacyThreshold: number;
  /** How much may be learnt at all. */
  readonly privacy: PrivacyTerms;
  readonly endsAt: string | null;
  /** Who gives a changed rule its second pair of eyes; absent in terms of old: the owner's own tenant. */
  readonly ruleApproval?: RuleApproval;
}

/** `own-tenant`: an officer of the tenant whose data it is. `every-contributor`: an officer of each tenant that contributes. */
export type RuleApproval = 'own-tenant' | 'every-contributor';

export interface CollaborationMember {
  readonly tenantId: string;
  readonly alias: string;
  readonly status: MemberStatus;
  readonly decidedAt: string | null;
}

export interface Collaboration {
  readonly id: string;
  readonly name: string;
  readonly status: CollaborationStatus;
  readonly ownerTenantId: string;
  /** Where it is held; what leaves it passes this region. */
  readonly region: string;
  readonly members: readonly CollaborationMember[];
  readonly terms: CollaborationTerms;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** Strict by default: the strongest identifiers only, each person paired once, the strict privacy terms. */
export const DEFAULT_TERMS: CollaborationTerms = {
  identifierTypes: ['email', 'phone'],
  cardinality: 'one-to-one',
  privacyThreshold: 50,
  privacy: STRICT,
  endsAt: null,
  ruleApproval: 'own-tenant',
};

/** The draft is seen by its owner alone; whoever declined or left sees it no more. */
export function isVisibleTo(collaboration: Collaboration, tenantId: string): boolean {
  if (collaboration.status === 'draft') return collaboration.ownerTenantId === tenantId;
  const member = collaboration.members.find((candidate) => candidate.tenantId === tenantId);
  return member !== undefined && member.status !== 'left';
}

/** Past its end date a collaboration is over, whether or not the sweep has come by. */
export function isActive(collaboration: Collaboration, now: string): boolean {
  const { endsAt } = collaboration.terms;
  return collaboration.status === 'active' && (endsAt === null || now < endsAt);
}

/** Whether the sweep has to end it: invitations run out with the end date too. */
export function isOverdue(collaboration: Collaboration, now: string): boolean {
  const { status, terms } = collaboration;
  return status !== 'ended' && terms.endsAt !== null && terms.endsAt <= now;
}

export function assertActive(collaboration: Collaboration, now: string): void {
  if (isActive(collaboration, now)) return;
  throw new ServiceError('state_conflict', {
    detail: 'This collaboration is not active: every member must have accepted, and its end date must not have passed.',
  });
}

/** Throws `request_invalid`: terms that are over when they are agreed on would lock everybody out. */
export function assertEndsLater(terms: CollaborationTerms, now: string): void {
  if (terms.endsAt === null || terms.endsAt > now) return;
  throw new ServiceError('request_invalid', {
    errors: [{ pointer: '/terms/ends_at', message: 'The end date must lie ahead.' }],
  });
}

export function acceptedMembers(collaboration: Collaboration): CollaborationMember[] {
  return collaboration.members.filter((member) => member.status === 'accepted');
}

export function isAcceptedMember(collaboration: Collaboration, tenantId: string): boolean {
  return acceptedMembers(collaboration).some((member) => member.tenantId === tenantId);
}

export function assertAcceptedMember(collaboration: Collaboration, tenantId: string): void {
  if (isAcceptedMember(collaboration, tenantId)) return;
  throw new ServiceError('state_conflict', { detail: 'Accept the invitation first.' });
}

export function invite(collaboration: Collaboration): Collaboration {
  if (collaboration.status !== 'draft') {
    throw new ServiceError('conflict', { detail: 'The invitations of this collaboration have been sent already.' });
  }
  return { ...collaboration, status: 'invited' };
}

export function accept(collaboration: Collaboration, tenantId: string, now: string): Collaboration {
  assertInvited(collaboration, tenantId);
  if (isOverdue(collaboration, now)) {
    throw new ServiceError('state_conflict', { detail: 'The end date of this collaboration has passed.' });
  }
  const next = withMemberStatus(collaboration, tenantId, { status: 'accepted', now });
  const everyoneDecided = next.members.every((member) => member.status !== 'invited');
  return next.status === 'invited' && everyoneDecided ? { ...next, status: 'active' } : next;
}

export function decline(collaboration: Collaboration, tenantId: string, now: string): Collaboration {
  assertInvited(collaboration, tenantId);
  return endedIfAlone(withMemberStatus(collaboration, tenantId, { status: 'left', now }), now);
}

export function leave(collaboration: Collaboration, tenantId: string, now: string): Collaboration {
  if (collaboration.status === 'ended') throw alreadyEnded();
  if (collaboration.status === 'draft') {
    throw new ServiceError('state_conflict', { detail: 'A draft is not left; end it.' });
  }
  assertAcceptedMember(collaboration, tenantId);
  return endedIfAlone(withMemberStatus(collaboration, tenantId, { status: 'left', now }), now);
}

/** Ends it for all, which is for the tenant that drafted it; every other member is free to leave. */
export function end(collaboration: Collaboration, tenantId: string, now: string): Collaboration {
  if (collaboration.status === 'ended') throw alreadyEnded();
  if (collaboration.ownerTenantId !== tenantId) {
    throw new ServiceError('state_conflict', {
      detail: 'Only the tenant that drafted a collaboration ends it for all. Leave it instead.',
    });
  }
  return { ...collaboration, status: 'ended', endedAt: now };
}

/** By the passing of its end date alone. Throws `state_conflict` before it, or when it has ended already. */
export function expire(collaboration: Collaboration, now: string): Collaboration {
  if (!isOverdue(collaboration, now)) throw new ServiceError('state_conflict', { detail: 'Its end date lies ahead.' });
  return { ...collaboration, status: 'ended', endedAt: now };
}

export function addMember(collaboration: Collaboration, member: { tenantId: string; alias: string }): Collaboration {
  assertNewMember(collaboration, member);
  const others = collaboration.members.filter((existing) => existing.tenantId !== member.tenantId);
  const { tenantId, alias } = member;
  return { ...collaboration, members: [...others, { tenantId, alias, status: 'invited', decidedAt: null }] };
}

/** Whoever declined or left may be invited again. */
export function assertNewMember(collaboration: Collaboration, member: { tenantId: string; alias: string }): void {
  const taken = collaboration.members.some((existing) =>
    existing.tenantId === member.tenantId ? existing.status !== 'left' : existing.alias === member.alias,
  );
  if (taken) {
    throw new ServiceError('conflict', { detail: 'This tenant or alias is a member of the collaboration already.' });
  }
}

function assertInvited(collaboration: Collaboration, tenantId: string): void {
  if (collaboration.status === 'ended') throw alreadyEnded();
  const member = collaboration.members.find((candidate) => candidate.tenantId === tenantId);
  if (collaboration.status === 'draft' || member?.status !== 'invited') {
    throw new ServiceError('conflict', { detail: 'There is no open invitation to decide on.' });
  }
}

function withMemberStatus(
  collaboration: Collaboration,
  tenantId: string,
  decided: { status: MemberStatus; now: string },
): Collaboration {
  const members = collaboration.members.map((member) =>
    member.tenantId === tenantId ? { ...member, status: decided.status, decidedAt: decided.now } : member,
  );
  return { ...collaboration, members };
}

function endedIfAlone(collaboration: Collaboration, now: string): Collaboration {
  const remaining = collaboration.members.filter((member) => member.status !== 'left');
  if (remaining.length < 2) return { ...collaboration, status: 'ended', endedAt: now };
  const everyoneDecided = remaining.every((member) => member.status === 'accepted');
  return collaboration.status === 'invited' && everyoneDecided ? { ...collaboration, status: 'active' } : collaboration;
}

function alreadyEnded(): ServiceError {
  return new ServiceError('state_conflict', { detail: 'This collaboration has ended.' });
}
