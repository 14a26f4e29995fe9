// Whom a delivery leaves out beside those who did not consent: members of excluded audiences, and whoever was reached by as many
// audiences as the tenant allows. Both are found anew at every delivery, so that who becomes one of them is removed.

import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { evaluateAudience } from '../../matching/audience.ts';
import type { ToldAudience } from '../../matching/contact-pressure.ts';
import type { PressureChecks } from '../../matching/distribute.ts';
import { dropExcludedKeys, type ExcludedPersons, writeExcludedKeys } from '../../matching/exclusion.ts';
import { contributeSuppression } from '../../matching/suppression.ts';
import { type SuppressionCheck, suppressionChecks } from '../../matching/suppression-check.ts';
import { attributeColumns } from '../../matching/tables.ts';
import type { Activation, Exclusion } from '../activations/activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from '../activations/activation-grounds.ts';
import { hashOf } from '../approvals/shown.ts';
import { getContactCap } from '../contact-caps/contact-cap.ts';
import { getDataset } from '../datasets/dataset-store.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import { segments } from '../segments/segment-record.ts';
import { OWN_ALIAS } from '../segments/segment-service.ts';
import type { DeliverySide, Reach } from './delivery-sides.ts';

export interface LeftOut {
  readonly exclusions: readonly SuppressionCheck[];
  readonly pressure: PressureChecks | undefined;
  /** As suppression lists have them: what tells one state of a list from another. */
  readonly marks: readonly string[];
}

interface Asked {
  readonly activation: Activation;
  readonly grounds: AudienceGrounds;
  readonly sides: readonly DeliverySide[];
  readonly reach: Reach;
}

const DAY_MS = 86_400_000;

export async function findLeftOut(ground: WorkerGround, asked: Asked): Promise<LeftOut> {
  const found = await Promise.all(asked.activation.exclusions.map((one) => personsOf(ground, asked.activation, one)));
  const excluded = found.flatMap(({ persons }) => persons);
  if (!(await writeExcludedKeys(ground.engine, excluded))) throw notReady('has lost its persons; refresh it');
  const exclusions = await checksOf(ground, asked);
  const pressure = await pressureOf(ground, asked);
  const marks = [...found.map(({ mark }) => mark), ...(pressure === undefined ? [] : [pressure.mark])];
  return { exclusions, pressure: pressure?.checks, marks };
}

/** What was written for one selection alone. */
export async function forgetLeftOut(ground: WorkerGround, { exclusions }: Activation): Promise<void> {
  for (const { id } of exclusions) await dropExcludedKeys(ground.engine, id);
}

async function personsOf(
  ground: WorkerGround,
  activation: Activation,
  exclusion: Exclusion,
): Promise<{ persons: ExcludedPersons[]; mark: string }> {
  const { id: list } = exclusion;
  if (exclusion.segmentId !== undefined) {
    const version = await evaluateExcluded(ground, { list, segmentId: exclusion.segmentId, activation });
    return { persons: [{ list, audience: list, side: 'left', version }], mark: `${list} ${version}` };
  }
  const grounds = await getAudienceGrounds(ground.db.knex, { audienceId: exclusion.audienceId });
  const { audience, matched } = grounds;
  if (audience.status !== 'ready') throw notReady(`is ${audience.status}, not ready`);
  const mark = `${list} ${audience.instant}`;
  if (matched === undefined) {
    return { persons: [{ list, audience: audience.id, side: 'left', version: audience.versionId ?? '' }], mark };
  }
  if (matched.match.status !== 'ready') throw notReady('stands on a match that is stale; match again and refresh it');
  const own = (['left', 'right'] as const).filter((side) => matched[side].tenantId === activation.tenantId);
  const persons = own.map((side) => ({ list, audience: audience.id, side, version: matched[side].versionId ?? '' }));
  return { persons, mark };
}

/** A segment is evaluated at every delivery, over what is visible of its dataset. Answers the version. */
async function evaluateExcluded(
  ground: WorkerGround,
  of: { list: string; segmentId: string; activation: Activation },
): Promise<string> {
  const { tenantId } = of.activation;
  const segment = await segments.get(ground.db.knex, of.segmentId, { tenant_id: tenantId });
  const dataset = await getDataset(ground.db, segment.datasetId ?? '', tenantId);
  const version = dataset.visible_version_id;
  if (dataset.status !== 'active' || version === null) throw notReady('is over a dataset without a loaded version');
  const attributes = attributeColumns(parseDatasetSchema(JSON.parse(dataset.schema)));
  await evaluateAudience(ground.engine, {
    audience: of.list,
    segment: segment.expression,
    sources: [{ alias: OWN_ALIAS, version, side: 'left', attributes }],
  });
  return version;
}

function notReady(what: string): PermanentFailure {
  const detail = `Nothing is delivered while it is unknown whom to leave out: an excluded audience ${what}.`;
  return new PermanentFailure({ code: 'exclusion_not_ready', detail });
}

/** As the tenant's suppression lists are compared: with its own dataset, and in a collaboration with both contributions. */
async function checksOf(ground: WorkerGround, { activation, grounds, sides }: Asked): Promise<SuppressionCheck[]> {
  const lists = activation.exclusions.map(({ id }) => id);
  const checked = sides.map(({ side, tenantId, version, contribution }) => ({
    ...{ side, version, lists: tenantId === activation.tenantId ? lists : [] },
    ...(contribution === undefined ? {} : { contribution }),
  }));
  if (grounds.matched === undefined) return suppressionChecks(checked);
  const collaboration = grounds.matched.collaboration.id;
  const collaborationKey = await ground.keys.getCollaborationKey(collaboration);
  const tenantKey = await ground.keys.getTenantKey(activation.tenantId);
  for (const list of lists) {
    await contributeSuppression(ground.engine, { list, collaboration, tenantKey, collaborationKey });
  }
  return suppressionChecks(checked, collaboration);
}

async function pressureOf(
  ground: WorkerGround,
  { activation, grounds, sides, reach }: Asked,
): Promise<{ checks: PressureChecks; mark: string } | undefined> {
  const cap = await getContactCap(ground.db.knex, activation.tenantId);
  if (cap.audiences === null) return undefined;
  const { audience, matched } = grounds;
  const told = await listToldAudiences(ground, activation.tenantId);
  const others = told.filter((one) => one.audience !== audience.id);
  const sinceMs = ground.clock.now().getTime() - cap.windowDays * DAY_MS;
  const request = { audience: audience.id, version: reach.side.version, told, maxAudiences: cap.audiences, sinceMs };
  const mark = `${activation.id} ${cap.audiences}/${cap.windowDays}/${hashOf(others)}`;
  if (matched === undefined) return { checks: { request }, mark };
  const lists = [activation.id];
  const own = sides.map(({ side, version, contribution }) => ({
    ...{ side, version, lists },
    ...(contribution === undefined ? {} : { contribution }),
  }));
  // The list is kept under the collaboration's key alone.
  const checks = suppressionChecks(own, matched.collaboration.id).filter((check) => 'collaboration' in check);
  return { checks: { request, kept: { checks, contribution: reach.side.contribution ?? '' } }, mark };
}

/** By what was decided: a round of a removal, or of before rounds were kept, has no instant and counts as long ago. */
async function listToldAudiences(ground: WorkerGround, tenantId: string): Promise<ToldAudience[]> {
  const rows = (await ground.db
    .knex('deliveries')
    .leftJoin('delivery_rounds', 'delivery_rounds.delivery_id', 'deliveries.id')
    .join('activations', 'activations.id', 'deliveries.activation_id')
    .join('destinations', 'destinations.id', 'activations.destination_id')
    .where({ 'deliveries.tenant_id': tenantId, 'destinations.deleted_at': null })
    .orderBy('deliveries.id')
    .select({
      audience: 'activations.audience_id',
      destination: 'activations.destination_id',
      round: 'delivery_rounds.round',
      at: 'deliveries.decided_at',
    })) as { audience: string; destination: string; round: number | null; at: string | null }[];
  const byTarget = new Map<string, { audience: string; destination: string; rounds: Map<number, number> }>();
  for (const { audience, destination, round, at } of rows) {
    const key = `${audience} ${destination}`;
    const target = byTarget.get(key) ?? { audience, destination, rounds: new Map<number, number>() };
    // Deliveries without a change bear the round of the one before.
    if (round !== null && at !== null && !target.rounds.has(Number(round))) {
      target.rounds.set(Number(round), Date.parse(at));
    }
    byTarget.set(key, target);
  }
  return [...byTarget.values()].map(({ rounds, ...target }) => ({
    ...target,
    rounds: [...rounds.keys()],
    instants: [...rounds.values()],
  }));
}
