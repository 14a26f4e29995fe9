// Every migration in order. To add one: write migrations/NNNN-what.ts and append it here; never edit one that was released.
import type { Migration } from './migration.ts';
import { tenants } from './migrations/0001-tenants.ts';
import { keys } from './migrations/0002-keys.ts';
import { jobs } from './migrations/0003-jobs.ts';
import { datasets } from './migrations/0004-datasets.ts';
import { suppressionLists } from './migrations/0005-suppression-lists.ts';
import { auditLog } from './migrations/0006-audit-log.ts';
import { collaborations } from './migrations/0010-collaborations.ts';
import { audiences } from './migrations/0011-audiences.ts';
import { activations } from './migrations/0012-activations.ts';
import { privacyBudget } from './migrations/0013-privacy-budget.ts';
import { audienceGate } from './migrations/0014-audience-gate.ts';
import { leafHashes } from './migrations/0015-leaf-hashes.ts';
import { removals } from './migrations/0016-removals.ts';
import { consents } from './migrations/0017-consents.ts';
import { approvalsOfEveryKind } from './migrations/0018-approvals-of-every-kind.ts';
import { exportsAndBreakGlass } from './migrations/0019-exports-and-break-glass.ts';
import { policyVersions } from './migrations/0019-policy-versions.ts';
import { deletions } from './migrations/0020-deletions.ts';
import { retention } from './migrations/0021-retention.ts';
import { auditSearch } from './migrations/0022-audit-search.ts';
import { cosigning } from './migrations/0023-cosigning.ts';
import { deliveryMode } from './migrations/0024-delivery-mode.ts';
import { signIn } from './migrations/0025-sign-in.ts';
import { accessRequests } from './migrations/0027-access-requests.ts';
import { regions } from './migrations/0028-regions.ts';
import { eventWebhooks } from './migrations/0029-event-webhooks.ts';
import { objectionsAtDestinations } from './migrations/0030-objections-at-destinations.ts';
import { bidderRequests } from './migrations/0031-bidder-requests.ts';
import { schedules } from './migrations/0033-schedules.ts';
import { contactFrequency } from './migrations/0034-contact-frequency.ts';
import { heldAndDeadLetters } from './migrations/0035-held-and-dead-letters.ts';
import { destinationPaces } from './migrations/0039-destination-paces.ts';
import { rejectedRows } from './migrations/0040-rejected-rows.ts';
import { schedulesDenied } from './migrations/0041-schedules-denied.ts';

export const MIGRATIONS: readonly Migration[] = [
  tenants,
  keys,
  jobs,
  datasets,
  suppressionLists,
  auditLog,
  collaborations,
  audiences,
  activations,
  privacyBudget,
  audienceGate,
  leafHashes,
  removals,
  consents,
  approvalsOfEveryKind,
  exportsAndBreakGlass,
  policyVersions,
  deletions,
  retention,
  auditSearch,
  cosigning,
  deliveryMode,
  signIn,
  accessRequests,
  regions,
  eventWebhooks,
  objectionsAtDestinations,
  bidderRequests,
  schedules,
  contactFrequency,
  heldAndDeadLetters,
  destinationPaces,
  rejectedRows,
  schedulesDenied,
];
