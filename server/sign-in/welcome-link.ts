// One-time links: `/welcome#<token>` sets a password once. The token stands behind the hash, so that it reaches no log of requests.
import { randomBytes } from 'node:crypto';
import type { Session, WelcomeLink } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import { secretDigest } from '../http/secret-digest.ts';
import { newId } from '../ids.ts';
import { insertMember, type MemberRow } from '../tenants/member-store.ts';
import { findSetupDigest, takeSetupToken } from '../tenants/setup-token.ts';
import { chargeGuess, refundGuess } from './guesses.ts';
import { WELCOME_LINK_LIFETIME_MS } from './limits.ts';
import { ensureSignIn, findSignIn, type MemberSignIn, saveSignIn } from './member-sign-in.ts';
import { assertFitPassword } from './new-password.ts';
import { type Arrival, byArrival, openedEvent, openSession, welcomeIn } from './open-session.ts';
import { hashPassword } from './password.ts';
import type { NewSession } from './session.ts';
import { endSessionsOfMember } from './session-store.ts';

interface LinkRow {
  member_id: string;
  tenant_id: string | null;
  token_digest: string;
  created_by: string;
  created_at: string;
  expires_at: string;
}

const TOKEN_BYTES = 32;

export function welcomeUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/welcome#${token}`;
}

/** A fresh link for a member, in the transaction of what makes it needed; an earlier one ends. Shown once. */
export async function issueWelcomeLink(
  tx: AuditedTransaction,
  ground: Pick<Ground, 'clock' | 'config'>,
  member: { id: string; tenantId: string | null; name: string; createdBy: string },
): Promise<WelcomeLink> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const now = ground.clock.now();
  const row: LinkRow = {
    member_id: member.id,
    tenant_id: member.tenantId,
    token_digest: secretDigest(token).toString('hex'),
    created_by: member.createdBy,
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + WELCOME_LINK_LIFETIME_MS).toISOString(),
  };
  await ensureSignIn(tx, member);
  await tx.trx<LinkRow>('welcome_links').insert(row).onConflict('member_id').merge();
  return { url: welcomeUrl(ground.config.publicUrl, token), expires_at: row.expires_at };
}

/** Another link for a member who is there: for who lost the password or the second factor. */
export async function makeWelcomeLink(
  ground: Ground,
  { caller, member }: { caller: Caller; member: MemberRow },
): Promise<WelcomeLink> {
  const event: AuditDraft = {
    ...byCaller(caller),
    event: 'welcome-link.issued',
    outcome: 'succeeded',
    subject: { kind: 'member', id: member.id },
    detail: {},
  };
  const invited = { id: member.id, tenantId: member.tenant_id, name: member.name, createdBy: caller.memberId };
  const { result } = await auditedTransaction(ground.db, event, (tx) => issueWelcomeLink(tx, ground, invited));
  return result;
}

/** Throws `welcome_link_gone` and `password_unfit`; after the latter the link can be used still. */
export function redeemWelcomeLink(
  ground: Ground,
  request: { token: string; password: string },
  exchange: Exchange,
): Promise<Session> {
  return asService(async () => {
    const digest = secretDigest(request.token).toString('hex');
    const guesser = { address: exchange.address };
    await chargeGuess(ground, guesser);
    const found = await findInvited(ground, digest);
    await refundGuess(ground, guesser);
    assertFitPassword(request.password, { pointer: '/password', names: [found?.name ?? null, found?.email ?? null] });
    const passwordHash = await hashPassword(request.password);
    return found === undefined
      ? redeemSetup(ground, { digest, passwordHash, exchange })
      : redeem(ground, { digest, found, passwordHash, exchange });
  });
}

/** The member whose link it is; undefined for the first operator, whom it will make. Throws `welcome_link_gone`. */
async function findInvited(ground: Ground, digest: string): Promise<MemberSignIn | undefined> {
  const link = await ground.db.knex<LinkRow>('welcome_links').where({ token_digest: digest }).first();
  if (link === undefined) {
    if ((await findSetupDigest(ground.db.knex)) === digest) return undefined;
    throw linkGone();
  }
  const member =
    link.expires_at > instantOf(ground.clock) ? await findSignIn(ground.db.knex, link.member_id) : undefined;
  if (member === undefined) throw linkGone();
  return member;
}

function linkGone(): ServiceError {
  return new ServiceError('welcome_link_gone', { detail: 'Ask an admin of your organisation for a new one.' });
}

interface Redemption {
  readonly digest: string;
  readonly passwordHash: string;
  readonly exchange: Exchange;
}

async function redeem(ground: Ground, of: Redemption & { found: MemberSignIn }): Promise<Session> {
  const { member_id: memberId, tenant_id: tenantId, roles } = of.found;
  const arrival = { memberId, tenantId, roles };
  const { result: session } = await auditedTransaction(ground.db, redeemedEvent(arrival), async (tx) => {
    // Spent in the same transaction: of two uses at once, one finds it gone.
    const spent = await tx.trx<LinkRow>('welcome_links').where({ token_digest: of.digest }).delete();
    if (spent === 0) throw linkGone();
    return letIn(tx, ground, { ...of, arrival });
  });
  return welcomeIn(ground, { arrival, session, exchange: of.exchange });
}

async function redeemSetup(ground: Ground, of: Redemption): Promise<Session> {
  const memberId = newId('mem');
  const arrival: Arrival = { memberId, tenantId: null, roles: ['operator'] };
  const event: AuditDraft = {
    ...byArrival(arrival),
    event: 'service.setup-completed',
    outcome: 'succeeded',
    subject: { kind: 'member', id: memberId },
    detail: {},
  };
  const { result: session } = await auditedTransaction(ground.db, event, async (tx) => {
    if (!(await takeSetupToken(tx, of.digest))) throw linkGone();
    const createdAt = instantOf(ground.clock);
    const member = { id: memberId, tenantId: null, name: 'operator', roles: arrival.roles, createdAt };
    await insertMember(tx, member);
    await ensureSignIn(tx, member);
    tx.alsoRecord(redeemedEvent(arrival));
    return letIn(tx, ground, { ...of, arrival });
  });
  return welcomeIn(ground, { arrival, session, exchange: of.exchange });
}

function redeemedEvent(arrival: Arrival): AuditDraft {
  return {
    ...byArrival(arrival),
    event: 'welcome-link.redeemed',
    outcome: 'succeeded',
    subject: { kind: 'member', id: arrival.memberId },
    detail: {},
  };
}

async function letIn(
  tx: AuditedTransaction,
  ground: Ground,
  of: Redemption & { arrival: Arrival },
): Promise<NewSession> {
  const { arrival, exchange, passwordHash } = of;
  const at = instantOf(ground.clock);
  await saveSignIn(tx, arrival.memberId, {
    password_hash: passwordHash,
    password_set_at: at,
    totp_state: 'none',
    totp_secret: null,
    recovery_digests: '[]',
  });
  await endSessionsOfMember(tx, arrival.memberId, at);
  const session = await openSession(tx, ground, { arrival, way: 'welcome', hasSecondFactor: false, exchange });
  tx.alsoRecord(openedEvent(arrival, session));
  return session;
}
