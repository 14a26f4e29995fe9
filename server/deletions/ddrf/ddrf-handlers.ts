// What an officer settles for the IAB framework: the domain, and whose keys are believed.
import type { DdrfIssuer, DdrfSettings as DdrfSettingsBody } from '../../../openapi/generated/api.ts';
import { instantOf } from '../../clock.ts';
import { auditedTransaction } from '../../database/audited-transaction.ts';
import { isUniqueViolation } from '../../database/write-transaction.ts';
import { ServiceError } from '../../errors.ts';
import type { Ground } from '../../ground.ts';
import { byCaller } from '../../http/caller.ts';
import type { Handlers, OperationRequest } from '../../http/operation.ts';
import { type DdrfSettings, findDdrfSettings, keepDdrfKey, makeDdrfKey, saveDdrfSettings } from './ddrf-settings.ts';

export function ddrfHandlers(ground: Ground): Pick<Handlers, 'getDdrfSettings' | 'putDdrfSettings'> {
  return {
    async getDdrfSettings({ tenantId }) {
      const settings = await findDdrfSettings(ground.db, { tenant_id: tenantId });
      return bodyOf(ground, settings ?? { tenantId, domain: null, issuers: [], updatedAt: null });
    },
    putDdrfSettings: (request) => putSettings(ground, request),
  };
}

async function putSettings(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'putDdrfSettings'>,
): Promise<DdrfSettingsBody> {
  const settings: DdrfSettings = {
    tenantId,
    domain: body.domain,
    issuers: body.issuers.map(({ issuer, keys }, place) => ({
      issuer,
      keys: { keys: keys.map((k, n) => publicOnly(k, `/issuers/${place}/keys/${n}`)) },
    })),
    updatedAt: instantOf(ground.clock),
  };
  const made = await makeDdrfKey();
  const event = {
    ...byCaller(caller),
    event: 'ddrf.configured',
    outcome: 'succeeded',
    subject: { kind: 'tenant', id: tenantId },
    detail: { domain: settings.domain, issuers: settings.issuers.map(({ issuer }) => issuer) },
  } as const;
  try {
    await auditedTransaction(ground.db, event, async (tx) => {
      await saveDdrfSettings(tx, settings);
      await keepDdrfKey(ground, tx, { tenantId, ...made });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ServiceError('name_taken', { detail: 'Another tenant answers for this domain.' });
  }
  return bodyOf(ground, settings);
}

/** A secret key that somebody pasted by mistake is refused rather than kept. */
function publicOnly(key: { [name: string]: unknown }, pointer: string) {
  if (['d', 'p', 'q', 'k'].every((name) => !(name in key))) return key;
  throw new ServiceError('request_invalid', {
    errors: [
      {
        pointer,
        message: 'This is a secret key. It is not kept.',
        hint: 'Give the public part, and have the issuer replace the key.',
      },
    ],
  });
}

type Settled = Pick<DdrfSettings, 'tenantId' | 'issuers'> & {
  readonly domain: string | null;
  readonly updatedAt: string | null;
};

function bodyOf(ground: Ground, { tenantId, domain, issuers, updatedAt }: Settled): DdrfSettingsBody {
  return {
    domain,
    endpoint: `${ground.config.publicUrl}/ddrf/${tenantId}`,
    resource: `${ground.config.publicUrl}/ddrf/${tenantId}/dsrdelete.json`,
    issuers: issuers.map(({ issuer, keys }) => ({ issuer, keys: keys.keys as DdrfIssuer['keys'] })),
    updated_at: updatedAt,
  };
}
