// Whoever was delivered by a consent string, or by evidence for a whole dataset, that ran out since the last look is taken out where
// they are, with a clock and a receipt for each destination, as after a withdrawal.

import { iabVendorsOf } from '../../connectors/kit/define-destination.ts';
import { findDestination } from '../../connectors/registry.ts';
import { type DatasetSchema, parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { keysOfConsentClasses } from '../../matching/evidence.ts';
import type { StoredConsent } from '../../matching/person-consent.ts';
import { readStoredConsent } from '../../matching/stored-consent.ts';
import type { ConsentEvidence } from '../../openapi/generated/api.ts';
import type { Transfer } from '../../policies/consent.ts';
import type { DatasetRow } from '../datasets/dataset-store.ts';
import { destinations } from '../destinations/destination.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { type FoundRemovals, findRemovals } from '../removals/find-removals.ts';
import type { PersonSet, RemovalWish } from '../removals/person-set.ts';
import { queueRemovals } from '../removals/queue-removals.ts';
import { listRemovalTargets, type RemovalTarget } from '../removals/removal-targets.ts';
import { classesOf } from './strings-at-release.ts';

interface Term {
  readonly since: string;
  readonly until: string;
}

export function expiredTermsJob(ground: WorkerGround): JobKind {
  return {
    name: 'find-expired-terms',
    async run(job) {
      const found: FoundRemovals[] = [];
      try {
        for (const wish of await wishesOf(ground, job)) found.push(await findRemovals(ground, wish));
        await complete(ground, job, found);
      } finally {
        for (const each of found) await each.close();
      }
    },
  };
}

async function complete(ground: WorkerGround, job: RunningJob, found: readonly FoundRemovals[]): Promise<void> {
  const removals = found.reduce((sum, each) => sum + each.found.length, 0);
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'consent.searched',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id: job.subjectId },
    detail: { removals },
  } as const;
  await job.complete({ state: 'succeeded' }, event, async (tx) => {
    for (const each of found) await queueRemovals(tx, ground, each);
  });
}

/** One for each destination and purpose for which something ran out. */
async function wishesOf(ground: WorkerGround, job: RunningJob): Promise<RemovalWish[]> {
  const { knex } = ground.db;
  const { tenantId, subjectId: datasetId } = job;
  const term = job.input as unknown as Term;
  const dataset = await knex<DatasetRow>('datasets').where({ id: datasetId, tenant_id: tenantId }).first();
  if (dataset?.visible_version_id == null) return [];
  const targets = (await listRemovalTargets(knex, tenantId)).filter(({ reaches }) =>
    reaches.some((reach) => reach.datasetId === datasetId),
  );
  const request = { kind: 'dataset', id: datasetId };
  const wishes: RemovalWish[] = [];
  for (const target of targets) {
    for (const purpose of target.purposes) {
      const persons = await personsEnded(ground, { dataset, target, purpose, term });
      if (persons === undefined) continue;
      const place = { purposes: [purpose], destinationIds: [target.destinationId] };
      wishes.push({ tenantId, persons: [persons], reason: 'expired', onlyRefused: true, ...place, request });
    }
  }
  return distinct(wishes);
}

interface Ended {
  readonly dataset: DatasetRow;
  readonly target: RemovalTarget;
  readonly purpose: string;
  readonly term: Term;
}

async function personsEnded(ground: WorkerGround, ended: Ended): Promise<PersonSet | undefined> {
  const { dataset, target, purpose, term } = ended;
  if (dataset.evidence !== null) {
    const { purposes, destinations: kinds, expires_at: at } = JSON.parse(dataset.evidence) as ConsentEvidence;
    const isMeant = (purposes as string[]).includes(purpose) && kinds.includes(target.destinationKind);
    const isOver = at !== undefined && isWithin(new Date(at).toISOString(), term);
    return isMeant && isOver ? { by: 'dataset', datasetId: dataset.id } : undefined;
  }
  const version = dataset.visible_version_id ?? '';
  const schema = parseDatasetSchema(JSON.parse(dataset.schema));
  const transfer = await transferOf(ground, ended);
  const stored = await readStoredConsent(ground.engine, version);
  const classes: number[] = [];
  for (const [id, said] of stored) if (hasEnded(said, { schema, transfer, term })) classes.push(id);
  if (classes.length === 0) return undefined;
  const keys = await keysOfConsentClasses(ground.engine, { version, classes });
  // What another dataset brings of the same person is a consent of its own.
  return keys.length === 0 ? undefined : { by: 'digest', keys, datasetId: dataset.id };
}

async function transferOf(ground: WorkerGround, { target, purpose, term }: Ended): Promise<Transfer> {
  const { settings } = await destinations.get(ground.db.knex, target.destinationId);
  const declared = findDestination(target.destinationKind);
  const vendors = declared === undefined ? [] : iabVendorsOf(declared, settings);
  return { purpose, destinationKind: target.destinationKind, instant: term.until, vendors };
}

/** What let the persons of a class go, and does not any more. */
function hasEnded(
  said: readonly StoredConsent[],
  { schema, transfer, term }: { schema: DatasetSchema; transfer: Transfer; term: Term },
): boolean {
  const grants = said.flatMap((one) => classesOf(one, { schema, transfer })).flatMap((source) => source.grants);
  return grants.some(
    ({ purpose, destinations: kinds, expiresAt }) =>
      purpose === transfer.purpose &&
      kinds.includes(transfer.destinationKind) &&
      expiresAt !== undefined &&
      isWithin(expiresAt, term),
  );
}

function isWithin(instant: string, { since, until }: Term): boolean {
  return since < instant && instant <= until;
}

/** Several audiences at one destination ask for the same. */
function distinct(wishes: readonly RemovalWish[]): RemovalWish[] {
  const scope = ({ purposes, destinationIds }: RemovalWish) => JSON.stringify([purposes, destinationIds]);
  return [...new Map(wishes.map((wish) => [scope(wish), wish])).values()];
}
