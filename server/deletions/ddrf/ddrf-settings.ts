// Whom a tenant takes deletion requests of the IAB framework from, and under which domain it answers them.
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWK } from 'jose';
import type { AuditedTransaction } from '../../database/audited-transaction.ts';
import type { Database } from '../../database/database.ts';
import type { Ground } from '../../ground.ts';
import type { KeySubject } from '../../keys/key-store.ts';
import { DDRF_LIMITS } from './limits.ts';
import type { PinnedIssuer } from './verify-request.ts';

export interface DdrfSettings {
  readonly tenantId: string;
  /** The tenant's registrable domain: `iss` of its acknowledgements, and where dsrdelete.json stands. */
  readonly domain: string;
  readonly issuers: readonly PinnedIssuer[];
  readonly updatedAt: string;
}

interface Row {
  tenant_id: string;
  domain: string;
  issuers: string;
  updated_at: string;
}

export async function findDdrfSettings(
  db: Database,
  where: { tenant_id: string } | { domain: string },
): Promise<DdrfSettings | undefined> {
  const row = await db.knex<Row>('ddrf_settings').where(where).first();
  return row && settingsOf(row as Row);
}

/** Where one tenant alone takes such requests, the service's own host is enough to know which. */
export async function findOnlyDdrfSettings(db: Database): Promise<DdrfSettings | undefined> {
  const rows = await db.knex<Row>('ddrf_settings').limit(2);
  const [only, second] = rows as Row[];
  return only !== undefined && second === undefined ? settingsOf(only) : undefined;
}

function settingsOf({ tenant_id: tenantId, domain, issuers, updated_at: updatedAt }: Row): DdrfSettings {
  return { tenantId, domain, issuers: JSON.parse(issuers) as PinnedIssuer[], updatedAt };
}

export async function saveDdrfSettings(tx: AuditedTransaction, settings: DdrfSettings): Promise<void> {
  const row: Row = {
    tenant_id: settings.tenantId,
    domain: settings.domain,
    issuers: JSON.stringify(settings.issuers),
    updated_at: settings.updatedAt,
  };
  await tx.trx('ddrf_settings').insert(row).onConflict('tenant_id').merge();
}

const SIGNING_ALGORITHM = 'RS256';

function ddrfKey(tenantId: string): KeySubject {
  return { purpose: 'ddrf-signing', ownerId: tenantId, objectId: tenantId };
}

/** RSA, for the framework's own examples are signed so. */
export async function makeDdrfKey(): Promise<{ pem: Uint8Array; publicKey: string }> {
  const options = { modulusLength: DDRF_LIMITS.rsaBits, extractable: true };
  const { privateKey, publicKey } = await generateKeyPair(SIGNING_ALGORITHM, options);
  const jwk: JWK = { ...(await exportJWK(publicKey)), use: 'sig', alg: SIGNING_ALGORITHM, kid: 'ddrf-1' };
  return { pem: Buffer.from(await exportPKCS8(privateKey)), publicKey: JSON.stringify(jwk) };
}

export async function keepDdrfKey(
  ground: Ground,
  tx: AuditedTransaction,
  made: { tenantId: string; pem: Uint8Array; publicKey: string },
): Promise<void> {
  const subject = ddrfKey(made.tenantId);
  if (await ground.keys.hasKey(tx.trx, subject)) return;
  await ground.keys.addKey(tx, subject, made.pem, made.publicKey);
}

export async function getDdrfKeys(ground: Ground, tenantId: string) {
  const { key, publicPart } = await ground.keys.getKey(ddrfKey(tenantId));
  const publicKey = JSON.parse(publicPart ?? '{}') as JWK;
  return { sign: await importPKCS8(Buffer.from(key).toString('utf8'), SIGNING_ALGORITHM), publicKey };
}
