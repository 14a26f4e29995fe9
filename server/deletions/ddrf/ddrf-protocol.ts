// The IAB Data Deletion Request Framework, version 1.0, as others speak it: `dsrdelete.json` says what is taken and by which
// keys; a request is a signed token, and so is the answer.
import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { SignJWT } from 'jose';
import { asService, asTenant } from '../../database/row-scope.ts';
import { isUniqueViolation } from '../../database/write-transaction.ts';
import { ServiceError } from '../../errors.ts';
import type { Ground } from '../../ground.ts';
import { newId } from '../../ids.ts';
import { requestDeletion } from '../deletion-service.ts';
import { listOffered, personsOf } from './ddrf-identifiers.ts';
import { type DdrfSettings, findDdrfSettings, findOnlyDdrfSettings, getDdrfKeys } from './ddrf-settings.ts';
import { DDRF_LIMITS } from './limits.ts';
import { DdrfRefusal, RESULT, type ResultCode, verifyRequest } from './verify-request.ts';

export function ddrfProtocol(ground: Ground): { path: string; serve: RequestHandler } {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/dsrdelete.json', (request, response) =>
    asService(async () => sendResource(ground, response, await settingsOfHost(ground, request))),
  );
  router.get('/ddrf/:tenantId/dsrdelete.json', (request, response) =>
    asService(async () => sendResource(ground, response, await settingsOfTenant(ground, request.params.tenantId))),
  );
  const body = express.text({ type: () => true, limit: 2 * DDRF_LIMITS.maxTokenBytes });
  router.post('/ddrf/:tenantId', body, (request, response) =>
    asService(async () => {
      const settings = await settingsOfTenant(ground, request.params.tenantId);
      await asTenant(settings.tenantId, () => answer(ground, settings, { request, response }));
    }),
  );
  return { path: '/', serve: router };
}

async function settingsOfTenant({ db }: Ground, tenantId: string | undefined): Promise<DdrfSettings> {
  const settings = await findDdrfSettings(db, { tenant_id: tenantId ?? '' });
  if (settings === undefined) throw new ServiceError('not_found');
  return settings;
}

/** Behind a domain of the tenant's own, or of the one tenant that takes such requests. */
async function settingsOfHost({ db }: Ground, request: Request): Promise<DdrfSettings> {
  const host = request.hostname.toLowerCase().replace(/^www\./, '');
  const settings = (await findDdrfSettings(db, { domain: host })) ?? (await findOnlyDdrfSettings(db));
  if (settings === undefined) throw new ServiceError('not_found');
  return settings;
}

async function sendResource(ground: Ground, response: Response, { tenantId }: DdrfSettings): Promise<void> {
  const { publicKey } = await getDdrfKeys(ground, tenantId);
  response.json({
    endpoint: `${ground.config.publicUrl}/ddrf/${tenantId}`,
    identifiers: await listOffered(ground, tenantId),
    publicKey: [publicKey],
    vendorScriptRequirement: false,
  });
}

async function answer(
  ground: Ground,
  settings: DdrfSettings,
  { request, response }: { request: Request; response: Response },
): Promise<void> {
  const token = tokenOf(request.body);
  const result = await take(ground, settings, token).then(
    () => ({ code: RESULT.ok, reason: 'taken' }),
    (error: unknown) => {
      if (!(error instanceof DdrfRefusal)) throw error;
      return { code: error.code, reason: error.message };
    },
  );
  const acknowledgement = await acknowledge(ground, settings, { token, ...result });
  response
    .status(result.code === RESULT.ok ? 202 : 400)
    .type('application/jwt')
    .send(acknowledgement);
}

/** The token itself, or as a member `rqJWT` of a JSON object. */
function tokenOf(body: unknown): string {
  const text = typeof body === 'string' ? body.trim() : '';
  if (!text.startsWith('{')) return text.replace(/^"|"$/g, '');
  try {
    const { rqJWT } = JSON.parse(text) as { rqJWT?: unknown };
    return typeof rqJWT === 'string' ? rqJWT : '';
  } catch {
    return '';
  }
}

async function take(ground: Ground, { tenantId, issuers }: DdrfSettings, token: string): Promise<void> {
  const verified = await verifyRequest(token, { issuers, now: ground.clock.now() });
  const persons = await personsOf(ground, tenantId, verified.subject);
  const rows = verified.tokens.map(({ issuer, jti }) => ({
    tenant_id: tenantId,
    token: createHash('sha256').update(`${issuer}\n${jti}`).digest('hex'),
    taken_at: ground.clock.now().toISOString(),
  }));
  const by = { tenantId, actor: { kind: 'service', id: 'ddrf' } } as const;
  const wish = { tenantId, by, source: 'iab-ddrf', persons, reference: verified.firstParty } as const;
  try {
    await requestDeletion(ground, wish, async (tx) => {
      await tx.trx('ddrf_tokens').insert(rows);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new DdrfRefusal(RESULT.token, 'jti has been used before');
    throw error;
  }
}

async function acknowledge(
  ground: Ground,
  { tenantId, domain }: DdrfSettings,
  of: { token: string; code: ResultCode; reason: string },
): Promise<string> {
  const { sign, publicKey } = await getDdrfKeys(ground, tenantId);
  const claims = { version: '1.0', rqJWT: of.token, raResultCode: of.code, raResultString: of.reason };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(publicKey.kid === undefined ? {} : { kid: publicKey.kid }) })
    .setIssuer(domain)
    .setJti(newId('evt'))
    .setIssuedAt(ground.clock.now())
    .sign(sign);
}
