// The operations of one's own account: the password and the second factor. Each proof that is asked for again counts as a guess.
import type { Session } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { chargeGuess, forgiveGuesses, type Guesser } from './guesses.ts';
import { findSignIn, type MemberSignIn, type SignInRow, saveSignIn } from './member-sign-in.ts';
import { assertFitPassword } from './new-password.ts';
import { openedEvent, openSession, welcomeIn } from './open-session.ts';
import { hashPassword, isPassword } from './password.ts';
import { issueSecret, makeRecoveryCodes, type SpentCode, spendCode } from './second-factor.ts';
import type { NewSession } from './session.ts';
import { endSessionsOfMember } from './session-store.ts';
import { arrivalOf, refusal, WrongCode } from './sign-in.ts';

type Operations = 'changePassword' | 'enrolSecondFactor' | 'confirmSecondFactor' | 'removeSecondFactor';

export function accountHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    changePassword: (request) => changePassword(ground, request),
    enrolSecondFactor: (request) => enrolSecondFactor(ground, request),
    confirmSecondFactor: (request) => confirmSecondFactor(ground, request),
    removeSecondFactor: (request) => removeSecondFactor(ground, request),
  };
}

async function changePassword(
  ground: Ground,
  { caller, body, exchange }: OperationRequest<'changePassword'>,
): Promise<Session> {
  const own = await ownSignIn(ground, caller);
  if (own.password_hash === null)
    throw new ServiceError('state_conflict', { detail: 'You have no password yet: ask an admin for a one-time link.' });
  const guesser = guesserOf(caller, exchange);
  const charge = await asService(() => chargeGuess(ground, guesser));
  if (!(await isPassword(body.current_password, own.password_hash)))
    throw await asService(() => refusal(ground, { found: own, charge, wrong: 'password' }));
  const names = [own.name, own.email, own.login];
  assertFitPassword(body.new_password, { pointer: '/new_password', names });
  const password_hash = await hashPassword(body.new_password);
  const arrival = arrivalOf(own);
  const at = instantOf(ground.clock);
  const { result: session } = await auditedTransaction(ground.db, ownEvent(caller, 'password.changed'), async (tx) => {
    await saveSignIn(tx, own.member_id, { password_hash, password_set_at: at });
    await endSessionsOfMember(tx, own.member_id, at);
    const hasSecondFactor = own.totp_state === 'active';
    const opened: NewSession = await openSession(tx, ground, { arrival, way: 'password', hasSecondFactor, exchange });
    tx.alsoRecord(openedEvent(arrival, opened));
    return opened;
  });
  await asService(() => forgiveGuesses(ground, guesser));
  return welcomeIn(ground, { arrival, session, exchange });
}

async function enrolSecondFactor(ground: Ground, { caller }: OperationRequest<'enrolSecondFactor'>) {
  const own = await ownSignIn(ground, caller);
  const label = own.email ?? own.login;
  const { secret, uri, wrapped } = await issueSecret(ground.rootKey, { id: own.member_id, label });
  await auditedTransaction(ground.db, ownEvent(caller, 'second-factor.issued'), async (tx) => {
    const changed = await tx
      .trx<SignInRow>('member_sign_ins')
      .where({ member_id: own.member_id })
      .whereNot({ totp_state: 'active' })
      .update({ totp_state: 'pending', totp_secret: wrapped, totp_step: null });
    if (changed === 0)
      throw new ServiceError('state_conflict', { detail: 'You have a second factor: remove it first.' });
  });
  return { secret, uri };
}

async function confirmSecondFactor(
  ground: Ground,
  { caller, body, exchange }: OperationRequest<'confirmSecondFactor'>,
) {
  const { codes, digests } = makeRecoveryCodes();
  await withCode(ground, {
    caller,
    code: body.code,
    guesser: guesserOf(caller, exchange),
    event: 'second-factor.confirmed',
    allowed: (state) => state === 'pending',
    conflict: 'There is no secret that waits for its first code: ask for one first.',
    changes: (spent) => ({ ...spent, totp_state: 'active', recovery_digests: digests }),
  });
  return { recovery_codes: codes };
}

async function removeSecondFactor(
  ground: Ground,
  { caller, body, exchange }: OperationRequest<'removeSecondFactor'>,
): Promise<undefined> {
  await withCode(ground, {
    caller,
    code: body.code,
    guesser: guesserOf(caller, exchange),
    event: 'second-factor.removed',
    allowed: (state) => state !== 'none',
    conflict: 'You have no second factor.',
    // The step stays: a code that was used is not accepted by the next secret's first step either.
    changes: () => ({ totp_state: 'none', totp_secret: null, recovery_digests: '[]' }),
  });
}

interface Change {
  readonly caller: Caller;
  readonly code: string;
  readonly guesser: Guesser;
  readonly event: 'second-factor.confirmed' | 'second-factor.removed';
  allowed(state: SignInRow['totp_state']): boolean;
  readonly conflict: string;
  changes(spent: SpentCode): Partial<SignInRow>;
}

/** The code is spent in the transaction of what it allows. */
async function withCode(ground: Ground, change: Change): Promise<void> {
  const own = await ownSignIn(ground, change.caller);
  if (!change.allowed(own.totp_state)) throw new ServiceError('state_conflict', { detail: change.conflict });
  const charge = await asService(() => chargeGuess(ground, change.guesser));
  const spend = auditedTransaction(ground.db, ownEvent(change.caller, change.event), async (tx) => {
    const row = await tx.trx<SignInRow>('member_sign_ins').where({ member_id: own.member_id }).forUpdate().first();
    if (row === undefined || !change.allowed(row.totp_state))
      throw new ServiceError('state_conflict', { detail: change.conflict });
    const spent = await spendCode(ground.rootKey, row, { code: change.code, now: ground.clock.now() });
    if (spent === undefined) throw new WrongCode();
    await saveSignIn(tx, own.member_id, change.changes(spent));
  });
  await spend.catch(async (error: unknown) => {
    throw error instanceof WrongCode
      ? await asService(() => refusal(ground, { found: own, charge, wrong: 'code' }))
      : error;
  });
  await asService(() => forgiveGuesses(ground, change.guesser));
}

async function ownSignIn(ground: Ground, caller: Caller): Promise<MemberSignIn> {
  const own = await findSignIn(ground.db.knex, caller.memberId);
  if (own === undefined) throw new ServiceError('unauthenticated');
  return own;
}

function guesserOf({ memberId }: Caller, { address }: Exchange): Guesser {
  return { subject: memberId, address };
}

function ownEvent(caller: Caller, event: 'password.changed' | 'second-factor.issued' | Change['event']): AuditDraft {
  return {
    ...byCaller(caller),
    event,
    outcome: 'succeeded',
    subject: { kind: 'member', id: caller.memberId },
    detail: {},
  };
}
