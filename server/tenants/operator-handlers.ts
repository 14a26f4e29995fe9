// More operators: the first comes with the setup, and changing the service's policies takes two.
import type { NewOperator, WelcomeLink } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { issueWelcomeLink, makeWelcomeLink } from '../sign-in/welcome-link.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { insertApiKey } from './api-key-store.ts';
import { findOperator, insertMember } from './member-store.ts';

export function operatorHandlers(ground: Ground): Pick<Handlers, 'createOperator' | 'createOperatorWelcomeLink'> {
  return {
    createOperator: (request) => createOperator(ground, request),
    createOperatorWelcomeLink: (request) => createOperatorWelcomeLink(ground, request),
  };
}

async function createOperator(
  ground: Ground,
  { caller, body }: OperationRequest<'createOperator'>,
): Promise<NewOperator> {
  const createdAt = instantOf(ground.clock);
  const memberId = newId('mem');
  const key = makeApiKey({ tenantId: null, memberId, name: body.name, createdAt });
  const event = {
    ...byCaller(caller),
    event: 'member.added',
    outcome: 'succeeded',
    subject: { kind: 'member', id: memberId },
    detail: { roles: ['operator'] },
  } as const;
  const operator = { id: memberId, tenantId: null, name: body.name };
  const { result: welcome } = await auditedTransaction(ground.db, event, async (tx) => {
    await insertMember(tx, { ...operator, email: body.email, roles: ['operator'], createdAt });
    await insertApiKey(tx, key.row);
    return issueWelcomeLink(tx, ground, { ...operator, createdBy: caller.memberId });
  });
  return { api_key: apiKeyBody(key.row), secret: key.secret, welcome };
}

async function createOperatorWelcomeLink(
  ground: Ground,
  { caller, params }: OperationRequest<'createOperatorWelcomeLink'>,
): Promise<WelcomeLink> {
  const operator = await findOperator(ground.db, params.member_id);
  if (operator === undefined || operator.status !== 'active') throw notFound('operator');
  return makeWelcomeLink(ground, { caller, member: operator });
}
