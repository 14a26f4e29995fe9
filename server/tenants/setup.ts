// First start: a one-time admin token, of which only the digest is stored, is exchanged once for the operator's API key.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { NewApiKey } from '../../openapi/generated/api.ts';
import { type Clock, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { ServiceError } from '../errors.ts';
import { bearerOf, secretDigest } from '../http/authenticate.ts';
import type { Handlers } from '../http/operation.ts';
import { setCaller } from '../http/request-context.ts';
import { newId } from '../ids.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { insertApiKey } from './api-key-store.ts';
import { insertMember } from './member-store.ts';

const STATE = 'setup_token_digest';
const SETUP_CALLER = { memberId: 'setup', tenantId: null, roles: ['operator'], apiKeyId: 'setup', scopes: [] } as const;

interface SetupGround {
  readonly db: Database;
  readonly clock: Clock;
}

/** A fresh admin token while nobody has used one; undefined once the service is set up. Each start replaces the last token. */
export async function issueSetupToken(ground: SetupGround): Promise<string | undefined> {
  if (await isSetUp(ground.db)) return undefined;
  const token = randomBytes(32).toString('base64url');
  const value = secretDigest(token).toString('hex');
  await writeTransaction(ground.db, async (trx) => {
    await trx('service_state').where({ name: STATE }).delete();
    await trx('service_state').insert({ name: STATE, value });
  });
  return token;
}

async function isSetUp(db: Database): Promise<boolean> {
  return (await db.knex('members').whereNull('tenant_id').first('id')) !== undefined;
}

export function authenticateSetup(ground: { db: Database }): RequestHandler {
  return async (request, _response, next) => {
    const stored = await asService(() => findToken(ground.db));
    if (stored === undefined) throw new ServiceError('setup_done');
    const proven = timingSafeEqual(secretDigest(bearerOf(request)), Buffer.from(stored.value, 'hex'));
    if (!proven) throw new ServiceError('unauthenticated');
    setCaller(request, SETUP_CALLER);
    next();
  };
}

async function findToken(db: Database): Promise<{ value: string } | undefined> {
  return db.knex('service_state').where({ name: STATE }).first<{ value: string } | undefined>('value');
}

export function setupHandlers(ground: SetupGround): Pick<Handlers, 'createOperatorKey'> {
  return { createOperatorKey: () => createOperatorKey(ground) };
}

async function createOperatorKey(ground: SetupGround): Promise<NewApiKey> {
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
  await auditedTransaction(ground.db, event, async (tx) => {
    // The token is spent in the same transaction: of two exchanges at once, one finds it gone.
    if ((await tx.trx('service_state').where({ name: STATE }).delete()) === 0) throw new ServiceError('setup_done');
    await insertMember(tx, { id: memberId, tenantId: null, name: 'operator', roles: ['operator'], createdAt });
    await insertApiKey(tx, key.row);
  });
  return { api_key: apiKeyBody(key.row), secret: key.secret };
}
