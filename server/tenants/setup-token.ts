// The one-time token of the first start, of which only the digest is stored: it becomes the operator's API key or password, once.
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { secretDigest } from '../http/secret-digest.ts';

const STATE = 'setup_token_digest';

/** A fresh token while nobody has used one; undefined once the service is set up. Each start replaces the last token. */
export async function issueSetupToken(ground: { readonly db: Database }): Promise<string | undefined> {
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

/** Hex; undefined once the token was used. */
export async function findSetupDigest(knex: Knex): Promise<string | undefined> {
  const row = await knex('service_state').where({ name: STATE }).first<{ value: string } | undefined>('value');
  return row?.value;
}

/** Spends it in the transaction of what it is spent on: of two uses at once, one gets false. */
export async function takeSetupToken(tx: AuditedTransaction, digest: string): Promise<boolean> {
  return (await tx.trx('service_state').where({ name: STATE, value: digest }).delete()) > 0;
}
