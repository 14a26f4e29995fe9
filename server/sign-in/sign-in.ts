// Signing in with a password: whether the name, the password or the code was wrong is told by nothing, not even by the time it takes.
import type { Session, SignInRequest } from '../../openapi/generated/api.ts';
import { auditedTransaction, recordEvent } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Exchange } from '../http/exchange.ts';
import { type Charge, chargeGuess, forgiveGuesses, refundGuess } from './guesses.ts';
import { findSignInByName, type MemberSignIn, type SignInRow, saveSignIn } from './member-sign-in.ts';
import { nameKey } from './new-password.ts';
import { type Arrival, byArrival, openedEvent, openSession, welcomeIn } from './open-session.ts';
import { isPassword } from './password.ts';
import { spendCode } from './second-factor.ts';
import type { NewSession } from './session.ts';

/** Throws `sign_in_refused`, `second_factor_needed` and `too_many_requests`. Runs for the whole service: who it is comes out only here. */
export function signIn(ground: Ground, request: SignInRequest, exchange: Exchange): Promise<Session> {
  return asService(async () => {
    const found = await findSignInByName(ground.db, request.name);
    const guesser = { subject: found?.member_id ?? nameKey(request.name), address: exchange.address };
    const charge = await chargeGuess(ground, guesser);
    const isRight = await isPassword(request.password, found?.password_hash ?? null);
    if (found === undefined || !isRight) throw await refusal(ground, { found, charge, wrong: 'password' });
    if (found.totp_state === 'active' && request.code === undefined) {
      await refundGuess(ground, guesser);
      throw new ServiceError('second_factor_needed', {
        detail: 'Send the code that your authenticator shows, or a recovery code.',
      });
    }
    const session = await openChecked(ground, { found, code: request.code, exchange });
    if (session === undefined) throw await refusal(ground, { found, charge, wrong: 'code' });
    await forgiveGuesses(ground, guesser);
    return welcomeIn(ground, { arrival: arrivalOf(found), session, exchange });
  });
}

export function arrivalOf({ member_id: memberId, tenant_id: tenantId, roles }: MemberSignIn): Arrival {
  return { memberId, tenantId, roles };
}

/** The code is spent in the transaction that opens the session: of two uses at once, one finds it spent. */
async function openChecked(
  ground: Ground,
  of: { found: MemberSignIn; code: string | undefined; exchange: Exchange },
): Promise<NewSession | undefined> {
  const arrival = arrivalOf(of.found);
  const now = ground.clock.now();
  const work = auditedTransaction(
    ground.db,
    (session: NewSession) => openedEvent(arrival, session),
    async (tx) => {
      const row = await tx.trx<SignInRow>('member_sign_ins').where({ member_id: arrival.memberId }).forUpdate().first();
      const isAsked = row?.totp_state === 'active';
      if (row !== undefined && isAsked) {
        const spent = await spendCode(ground.rootKey, row, { code: of.code ?? '', now });
        if (spent === undefined) throw new WrongCode();
        await saveSignIn(tx, arrival.memberId, spent);
        if ('recovery_digests' in spent)
          tx.alsoRecord({
            ...byArrival(arrival),
            event: 'second-factor.recovered',
            outcome: 'succeeded',
            subject: { kind: 'member', id: arrival.memberId },
            detail: {},
          });
      }
      return openSession(tx, ground, { arrival, way: 'password', hasSecondFactor: isAsked, exchange: of.exchange });
    },
  );
  return work.then(
    ({ result }) => result,
    (error: unknown) => {
      if (error instanceof WrongCode) return undefined;
      throw error;
    },
  );
}

/** Takes the transaction back in which the code was to be spent. */
export class WrongCode extends Error {}

/** Recorded for unknown names as well, which takes the same time. */
export async function refusal(
  ground: Ground,
  of: { found: MemberSignIn | undefined; charge: Charge; wrong: 'password' | 'code' },
): Promise<ServiceError> {
  const who =
    of.found === undefined
      ? ({ tenantId: null, actor: { kind: 'service', id: 'sign-in' } } as const)
      : byArrival(arrivalOf(of.found));
  const subject = { kind: 'member', id: of.found?.member_id ?? '' };
  const outcome = 'denied' as const;
  await recordEvent(ground.db, { ...who, event: 'session.refused', outcome, subject, detail: { wrong: of.wrong } });
  if (of.charge.isLast)
    await recordEvent(ground.db, { ...who, event: 'session.guesses-blocked', outcome, subject, detail: {} });
  return new ServiceError('sign_in_refused', { detail: 'Check all of them, and try again.' });
}
