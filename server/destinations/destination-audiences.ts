// The audiences of a destination's platform: shown, chosen, or made there under a name. The platform is asked before anything is
// written, so that what is written is true; a second try finds what the first one made.
import type { PlatformAudience as Found } from '../../connectors/kit/define-destination.ts';
import { DeliveryError } from '../../connectors/kit/errors.ts';
import { listPlatformAudiences, pickPlatformAudience } from '../../connectors/kit/platform-audiences.ts';
import type { PlatformAudience } from '../../openapi/generated/api.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { connectorOptions } from './connector-options.ts';
import { type ConfiguredDestination, destinations } from './destination.ts';
import { getDeclared } from './destination-service.ts';
import { ASK_PLATFORM_MS } from './limits.ts';

export async function listAudiences(ground: Ground, caller: TenantCaller, id: string): Promise<PlatformAudience[]> {
  const destination = await getOwn(ground, caller, id);
  const declared = getDeclared(destination.kind);
  const options = await connectorOptions(ground, destination, AbortSignal.timeout(ASK_PLATFORM_MS));
  const found = await asked(() => listPlatformAudiences(declared, options));
  const chosen = String(destination.settings[declared.audienceSetting ?? ''] ?? '');
  return found.map((audience) => ({ ...audience, is_chosen: audience.id === chosen }));
}

export async function chooseAudience(
  ground: Ground,
  caller: TenantCaller,
  { id, wish }: { id: string; wish: { readonly id: string } | { readonly name: string } },
): Promise<PlatformAudience> {
  const destination = await getOwn(ground, caller, id);
  const declared = getDeclared(destination.kind);
  const setting = declared.audienceSetting ?? '';
  const options = await connectorOptions(ground, destination, AbortSignal.timeout(ASK_PLATFORM_MS));
  const found: Found = await asked(() => pickPlatformAudience(declared, options, wish));
  const value = declared.settingFields[setting]?.type === 'integer' ? Number(found.id) : found.id;
  const event = {
    ...byCaller(caller),
    event: 'destination.audience-chosen',
    outcome: 'succeeded',
    subject: { kind: 'destination', id },
    detail: { audience: found.id },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const current = await destinations.get(tx.trx, id, { tenant_id: caller.tenantId, deleted_at: null });
    await destinations.save(tx, { ...current, settings: { ...current.settings, [setting]: value } });
  });
  return { ...found, is_chosen: true };
}

async function getOwn({ db }: Ground, caller: TenantCaller, id: string): Promise<ConfiguredDestination> {
  const destination = await destinations.get(db.knex, id, { tenant_id: caller.tenantId, deleted_at: null });
  if (getDeclared(destination.kind).audienceSetting !== undefined) return destination;
  const detail = `A destination of the kind ${destination.kind} has no audience of a platform to choose.`;
  throw new ServiceError('state_conflict', { detail });
}

/** What a connector says of a platform is public: it repeats none of the platform's texts. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DeliveryError)
      throw new ServiceError('state_conflict', { detail: sentence(error), cause: error });
    if (error instanceof Error && error.name === 'TimeoutError') {
      const detail = 'The platform did not answer in time; ask again.';
      throw new ServiceError('unavailable', { detail, cause: error });
    }
    throw error;
  }
}

const sentence = ({ message, code }: DeliveryError): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)} (${code}).`;
