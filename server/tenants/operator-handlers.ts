// More operators: the first comes with the setup, and changing the service's policies takes two.
import type { NewApiKey } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { insertApiKey } from './api-key-store.ts';
import { insertMember } from './member-store.ts';

export function operatorHandlers(ground: Ground): Pick<Handlers, 'createOperator'> {
  return { createOperator: (request) => createOperator(ground, request) };
}

async function createOperator(
  ground: Ground,
  { caller, body }: OperationRequest<'createOperator'>,
): Promise<NewApiKey> {
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
  await auditedTransaction(ground.db, event, async (tx) => {
    await insertMember(tx, { id: memberId, tenantId: null, name: body.name, roles: ['operator'], createdAt });
    await insertApiKey(tx, key.row);
  });
  return { api_key: apiKeyBody(key.row), secret: key.secret };
}
