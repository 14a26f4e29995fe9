// First start: the one-time admin token is exchanged once for the operator's API key; the console's way is the one-time link.
import { timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { NewOperator } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { bearerOf } from '../http/authenticate.ts';
import type { Handlers } from '../http/operation.ts';
import { setCaller } from '../http/request-context.ts';
import { secretDigest } from '../http/secret-digest.ts';
import { newId } from '../ids.ts';
import { issueWelcomeLink } from '../sign-in/welcome-link.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { insertApiKey } from './api-key-store.ts';
import { insertMember } from './member-store.ts';
import { findSetupDigest, takeSetupToken } from './setup-token.ts';

const SETUP_CALLER = {
  memberId: 'setup',
  tenantId: null,
  roles: ['operator'],
  credentialId: 'setup',
  scopes: [],
} as const;

export function authenticateSetup(ground: { db: Database }): RequestHandler {
  return async (request, _response, next) => {
    const stored = await asService(() => findSetupDigest(ground.db.knex));
    if (stored === undefined) throw new ServiceError('setup_done');
    const proven = timingSafeEqual(secretDigest(bearerOf(request)), Buffer.from(stored, 'hex'));
    if (!proven) throw new ServiceError('unauthenticated');
    setCaller(request, SETUP_CALLER);
    next();
  };
}

export function setupHandlers(ground: Ground): Pick<Handlers, 'createOperatorKey'> {
  return { createOperatorKey: () => createOperatorKey(ground) };
}

async function createOperatorKey(ground: Ground): Promise<NewOperator> {
  const createdAt = instantOf(ground.clock);
  const memberId = newId('mem');
  const key = makeApiKey({ tenantId: null, memberId, name: 'operator', createdAt });
  const event = {
    tenantId: null,
    actor: { kind: 'operator', id: memberId },
    event: 'service.setup-completed',
    outcome: 'succeeded',
    subject: { kind: 'api-key', id: key.row.id },
    detail: {},
  } as const;
  const { result: welcome } = await auditedTransaction(ground.db, event, async (tx) => {
    const digest = await findSetupDigest(tx.trx);
    if (digest === undefined || !(await takeSetupToken(tx, digest))) throw new ServiceError('setup_done');
    await insertMember(tx, { id: memberId, tenantId: null, name: 'operator', roles: ['operator'], createdAt });
    await insertApiKey(tx, key.row);
    return issueWelcomeLink(tx, ground, { id: memberId, tenantId: null, name: 'operator', createdBy: memberId });
  });
  return { api_key: apiKeyBody(key.row), secret: key.secret, welcome };
}
