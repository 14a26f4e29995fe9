// The wiring of the API process: what every feature stands on, and every feature's handlers in one map.
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { accessRequestHandlers } from './access-requests/access-handlers.ts';
import { activationHandlers } from './activations/activation-handlers.ts';
import { runHandlers } from './analyses/run-handlers.ts';
import { approvalHandlers } from './approvals/approval-handlers.ts';
import { audienceHandlers } from './audiences/audience-handlers.ts';
import { auditHandlers } from './audit-log/audit-handlers.ts';
import { tileProtocol } from './audit-log/tile-protocol.ts';
import { breakGlassHandlers } from './break-glass/break-glass-handlers.ts';
import { systemClock } from './clock.ts';
import { changeHandlers } from './collaborations/change-handlers.ts';
import { collaborationHandlers } from './collaborations/collaboration-handlers.ts';
import { isCollaborationMember, listJoinedCollaborationIds } from './collaborations/collaboration-store.ts';
import { contributionHandlers } from './collaborations/contribution-handlers.ts';
import { matchHandlers } from './collaborations/match-handlers.ts';
import type { Config } from './config.ts';
import { consentHandlers } from './consents/consent-handlers.ts';
import { contactCapHandlers } from './contact-caps/contact-cap-handlers.ts';
import { closeDatabase, type Database, type DatabaseLocation, openDatabase } from './database/database.ts';
import { isMigrated, migrateUp } from './database/migrate.ts';
import { assertLimitedRole } from './database/row-security.ts';
import { datasetHandlers } from './datasets/dataset-handlers.ts';
import { loadHandlers } from './datasets/load-handlers.ts';
import { deadLetterHandlers } from './dead-letters/dead-letter-handlers.ts';
import { ddrfHandlers } from './deletions/ddrf/ddrf-handlers.ts';
import { ddrfProtocol } from './deletions/ddrf/ddrf-protocol.ts';
import { deletionHandlers } from './deletions/deletion-handlers.ts';
import { deliveryHandlers } from './deliveries/delivery-handlers.ts';
import { destinationHandlers } from './destinations/destination-handlers.ts';
import { eventWebhookHandlers } from './event-webhooks/event-webhook-handlers.ts';
import { evidenceHandlers } from './evidence/evidence-handlers.ts';
import type { Ground } from './ground.ts';
import type { Handlers } from './http/operation.ts';
import { jobHandlers } from './jobs/job-handlers.ts';
import { keyExportHandlers } from './key-exports/key-export-handlers.ts';
import { keyHandlers } from './keys/key-handlers.ts';
import { KeyRing } from './keys/key-ring.ts';
import { readRootKey } from './keys/root-key.ts';
import { makeLog } from './log.ts';
import { bidderProtocol } from './openrtb/bidder-protocol.ts';
import { PoliciesInForce } from './policies/policies-in-force.ts';
import { policyHandlers } from './policies/policy-handlers.ts';
import { processingRecordHandlers } from './processing-records/processing-record-handlers.ts';
import { removalHandlers } from './removals/removal-handlers.ts';
import { scheduleHandlers } from './schedules/schedule-handlers.ts';
import { segmentHandlers } from './segments/segment-handlers.ts';
import { serviceStatusHandlers } from './service-status/service-status-handlers.ts';
import { accountHandlers } from './sign-in/account-handlers.ts';
import { oidcHandlers } from './sign-in/oidc-handlers.ts';
import { sessionHandlers } from './sign-in/session-handlers.ts';
import { objectionHandlers } from './suppression/objection-handlers.ts';
import { suppressionHandlers } from './suppression/suppression-handlers.ts';
import { memberHandlers } from './tenants/member-handlers.ts';
import { operatorHandlers } from './tenants/operator-handlers.ts';
import { setupHandlers } from './tenants/setup.ts';
import { tenantHandlers } from './tenants/tenant-handlers.ts';
import { UPLOADS_PATH, uploadProtocol } from './uploads/upload-protocol.ts';

/** Opens the database, brings it to the newest schema and reads the root key. Close with `closeGround`. */
export async function openGround(config: Config, part: 'api' | 'worker'): Promise<Ground> {
  const db = openDatabase(databaseLocation(config));
  try {
    const mayMigrate = config.databaseUrl === undefined || config.databaseOwnerUrl !== undefined;
    if (part === 'api' && mayMigrate) await migrateUp(db);
    else if (!(await isMigrated(db)))
      throw new Error('the database is not migrated: run `ecluse migrate` first, on PostgreSQL with its owner-url');
    await assertLimitedRole(db);
    const rootKey = readRootKey(config.rootKeyFile, { create: config.databaseUrl === undefined });
    const clock = systemClock;
    return {
      config,
      db,
      clock,
      log: makeLog(config.logLevel, part),
      rootKey,
      keys: new KeyRing({ db, rootKey, clock }),
      policies: await openPolicies(db),
    };
  } catch (error) {
    await closeDatabase(db);
    throw error;
  }
}

async function openPolicies(db: Database): Promise<PoliciesInForce> {
  const policies = new PoliciesInForce(db);
  await policies.refresh();
  return policies;
}

export async function closeGround(ground: Ground): Promise<void> {
  await closeDatabase(ground.db);
}

export function databaseLocation(config: Config): DatabaseLocation {
  const { databaseUrl: url, databaseOwnerUrl: ownerUrl } = config;
  if (url !== undefined) return { dialect: 'postgres', url, ownerUrl };
  return { dialect: 'sqlite', file: join(config.dataDir, 'ecluse.db') };
}

export function openDatabaseOf(config: Config): Database {
  return openDatabase(databaseLocation(config));
}

/** One map for the whole contract: an operation that is missing here does not compile. */
export function makeHandlers(ground: Ground): Handlers {
  const shown = {
    ...setupHandlers(ground),
    ...serviceStatusHandlers(ground),
    ...operatorHandlers(ground),
    ...tenantHandlers(ground),
    ...memberHandlers(ground),
    ...keyHandlers(ground, {
      isCollaborationMember: (id, tenantId) => isCollaborationMember(ground.db.knex, { id, tenantId }),
      listCollaborationIds: (tenantId) => listJoinedCollaborationIds(ground.db.knex, tenantId),
    }),
    ...sessionHandlers(ground),
    ...oidcHandlers(ground),
    ...accountHandlers(ground),
    ...datasetHandlers(ground),
    ...loadHandlers(ground),
    ...suppressionHandlers(ground),
    ...objectionHandlers(ground),
    ...deletionHandlers(ground),
    ...accessRequestHandlers(ground),
    ...consentHandlers(ground),
    ...ddrfHandlers(ground),
    ...jobHandlers(ground),
    ...policyHandlers(ground),
    ...keyExportHandlers(ground),
    ...processingRecordHandlers(ground),
    ...breakGlassHandlers(ground),
    ...auditHandlers(ground),
    ...eventWebhookHandlers(ground),
    ...collaborationHandlers(ground),
    ...changeHandlers(ground),
    ...contributionHandlers(ground),
    ...matchHandlers(ground),
    ...segmentHandlers(ground),
    ...audienceHandlers(ground),
    ...destinationHandlers(ground),
    ...activationHandlers(ground),
    ...approvalHandlers(ground),
    ...deliveryHandlers(ground),
    ...scheduleHandlers(ground),
    ...contactCapHandlers(ground),
    ...deadLetterHandlers(ground),
    ...removalHandlers(ground),
    ...runHandlers(ground),
  };
  return { ...shown, ...evidenceHandlers(ground, shown) };
}

/** What brings a protocol of its own beside the contract. */
export function makeProtocols(ground: Ground): { path: string; serve: RequestHandler }[] {
  return [
    tileProtocol(ground),
    ddrfProtocol(ground),
    bidderProtocol(ground),
    { path: UPLOADS_PATH, serve: uploadProtocol(ground) },
  ];
}
