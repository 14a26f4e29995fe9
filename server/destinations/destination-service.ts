// Configuring, testing and removing destinations. What a kind of destination needs is checked by its own declaration.
import { type Destination, isAudienceChosen, validateSettings } from '../../connectors/kit/define-destination.ts';
import { SettingsError } from '../../connectors/kit/settings.ts';
import { findDestination, listDestinations } from '../../connectors/registry.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { memberRemoval } from '../openrtb/bidder-members.ts';
import { type ConfiguredDestination, credentialsKey, destinations } from './destination.ts';

export interface DestinationDraft {
  readonly name: string;
  readonly kind: string;
  readonly region: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
}

export async function createDestination(
  ground: Ground,
  caller: TenantCaller,
  draft: DestinationDraft,
): Promise<ConfiguredDestination> {
  checkDraft(draft);
  const id = newId('dst');
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...byCaller(caller),
      event: 'destination.created',
      outcome: 'succeeded',
      subject: { kind: 'destination', id },
      detail: { kind: draft.kind },
    },
    async (tx) => {
      const tenant = (await tx.trx('tenants').where({ id: caller.tenantId }).first('region')) as { region: string };
      const destination: ConfiguredDestination = {
        id,
        tenantId: caller.tenantId,
        name: draft.name,
        kind: draft.kind,
        region: draft.region ?? tenant.region,
        settings: draft.settings,
        createdAt: instantOf(ground.clock),
        deletedAt: null,
        lastTestedAt: null,
        lastTestOutcome: null,
      };
      await destinations.insert(tx, destination);
      const secret = Buffer.from(JSON.stringify(draft.credentials));
      await ground.keys.addKey(tx, credentialsKey(destination), secret);
      return destination;
    },
  );
  return result;
}

/** The row stays for the deliveries that name it; the credentials are shredded, and what rests here for bidders goes. */
export async function deleteDestination(ground: Ground, caller: TenantCaller, id: string): Promise<void> {
  const removed = await destinations.get(ground.db.knex, id, { tenant_id: caller.tenantId, deleted_at: null });
  const removeMembers = await memberRemoval(ground, removed);
  const event = {
    ...byCaller(caller),
    event: 'destination.deleted',
    outcome: 'succeeded',
    subject: { kind: 'destination', id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const destination = await destinations.get(tx.trx, id, { tenant_id: caller.tenantId, deleted_at: null });
    await ground.keys.destroyKey(tx, credentialsKey(destination));
    await destinations.save(tx, { ...destination, deletedAt: instantOf(ground.clock) });
  });
  await removeMembers();
}

export async function requestDestinationTest(ground: Ground, caller: TenantCaller, id: string): Promise<string> {
  const event = {
    ...byCaller(caller),
    event: 'destination.test-requested',
    outcome: 'succeeded',
    subject: { kind: 'destination', id },
    detail: {},
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    await destinations.get(tx.trx, id, { tenant_id: caller.tenantId, deleted_at: null });
    const job = {
      kind: 'destination-test',
      tenantId: caller.tenantId,
      subject: { kind: 'destination', id },
      turnId: id,
      input: { destinationId: id },
      createdBy: caller.memberId,
    };
    return insertJob(tx, job, instantOf(ground.clock));
  });
  return result;
}

/** Nobody approves a delivery whose place at the platform is not known. */
export function assertAudienceChosen({ id, kind, settings }: ConfiguredDestination): void {
  if (isAudienceChosen(getDeclared(kind), settings)) return;
  const detail = `The destination fills no audience of the platform yet: choose one by POST /v1/destinations/${id}/audiences.`;
  throw new ServiceError('state_conflict', { detail });
}

/** Throws `request_invalid` with the pointer of each fault. */
function checkDraft(draft: DestinationDraft): void {
  const declared = getDeclared(draft.kind);
  try {
    const given = { settings: draft.settings, credentials: draft.credentials };
    validateSettings(declared, given, { audienceMayWait: true });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new ServiceError('request_invalid', { errors: error.issues.map((issue) => ({ ...issue })) });
  }
}

export function getDeclared(kind: string): Destination {
  const declared = findDestination(kind);
  if (declared) return declared;
  const known = listDestinations().map((destination) => destination.kind);
  throw new ServiceError('request_invalid', {
    errors: [
      { pointer: '/kind', message: 'This kind of destination is unknown.', hint: `Known: ${known.join(', ')}.` },
    ],
  });
}
