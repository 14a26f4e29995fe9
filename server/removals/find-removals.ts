// Finds the destinations that hold persons who are to be taken out, before anything of these persons is destroyed. What is found
// stays in the engine until `queueRemovals` has sealed it, under a name of the search: the removal's own job may run, and have
// tables under the id of the removal, before the search has cleared up.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import {
  type CandidatesRequest,
  countHeld,
  dropCandidates,
  dropKeyList,
  loadKeyList,
  type PersonsOf,
  writeCandidates,
} from '../../matching/removal-candidates.ts';
import { peopleTable } from '../../matching/tables.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { PersonSet, RemovalWish } from './person-set.ts';
import { RefusedPersons } from './refused-persons.ts';
import { listRemovalTargets, type MatchedReach, type Reached, type RemovalTarget } from './removal-targets.ts';

export interface FoundRemoval {
  /** The name of its candidates in the engine. */
  readonly search: string;
  readonly target: RemovalTarget;
}

export interface FoundRemovals {
  readonly wish: RemovalWish;
  readonly found: readonly FoundRemoval[];
  /** Drops what was found; to be called once the transaction is through, or was not. */
  close(): Promise<void>;
}

/** A list of keys in the engine, for as long as the search lasts. */
interface LoadedSet {
  readonly set: PersonSet;
  readonly list: string;
}

interface Sought {
  readonly wish: RemovalWish;
  readonly loaded: readonly LoadedSet[];
  readonly target: RemovalTarget;
}

/**
 * One for each destination that holds any of the persons, or may in a moment, as a delivery to it is under way. Partners'
 * destinations, and own ones of audiences over a collaboration, are all among them, held or not: which of them are would tell
 * whom the partner knows, one withdrawal after the other.
 */
export async function findRemovals(ground: WorkerGround, wish: RemovalWish): Promise<FoundRemovals> {
  const { engine } = ground;
  const all = await listRemovalTargets(ground.db.knex, wish.tenantId);
  const targets = all.filter((target) => isWithin(target, wish));
  const loaded = await Promise.all(wish.persons.map((set) => loadSet(ground, set)));
  const found: FoundRemoval[] = [];
  try {
    for (const target of targets) {
      const search = newId('rmv');
      found.push({ search, target });
      if (await isWanted(ground, { wish, loaded, search, target })) continue;
      found.pop();
      await dropCandidates(engine, search);
    }
  } finally {
    for (const { list } of loaded) await dropKeyList(engine, list);
  }
  return {
    wish,
    found,
    close: async () => {
      for (const { search } of found) await dropCandidates(engine, search);
    },
  };
}

function isWithin(target: RemovalTarget, wish: RemovalWish): boolean {
  const { purposes, destinationKind, destinationId, reaches } = target;
  if (
    !reaches.some(({ datasetId }) =>
      wish.persons.some((set) => set.datasetId === undefined || set.datasetId === datasetId),
    )
  )
    return false;
  if (wish.destinationIds !== undefined && !wish.destinationIds.includes(destinationId)) return false;
  const isOfKind = wish.destinationKinds === undefined || wish.destinationKinds.includes(destinationKind);
  return isOfKind && (wish.purposes === undefined || purposes.some((purpose) => wish.purposes?.includes(purpose)));
}

async function isWanted(ground: WorkerGround, of: Sought & { search: string }): Promise<boolean> {
  const { search, target } = of;
  const refused = new RefusedPersons(ground);
  try {
    await writeCandidates(ground.engine, { removal: search, ...(await candidatesOf(ground, of, refused)) });
  } finally {
    await refused.close();
  }
  const isPartners = target.destinationTenantId !== of.wish.tenantId;
  if (target.isBusy || isPartners || isOverCollaboration(ground, target)) return true;
  const place = { removal: search, audience: target.audienceId, destination: target.destinationId };
  return (await countHeld(ground.engine, place)) > 0;
}

function isOverCollaboration({ config }: WorkerGround, { reaches }: RemovalTarget): boolean {
  return !config.attackControl && reaches.some(({ through }) => through !== undefined);
}

async function candidatesOf(
  ground: WorkerGround,
  sought: Sought,
  refused: RefusedPersons,
): Promise<Omit<CandidatesRequest, 'removal'>> {
  const persons: PersonsOf[] = [];
  const partners: NonNullable<CandidatesRequest['partners']>[number][] = [];
  for (const reach of sought.target.reaches) {
    const named = await personsOfDataset(ground, sought.loaded, reach.datasetId);
    persons.push(...(sought.wish.onlyRefused ? await onlyRefused(ground, { named, reach, sought, refused }) : named));
    if (reach.through !== undefined) partners.push(...partnerReach(reach.through));
  }
  return { persons, partners };
}

/** Each for every purpose that they were delivered for and that the wish is about. */
async function onlyRefused(
  ground: WorkerGround,
  of: { named: readonly PersonsOf[]; reach: Reached; sought: Sought; refused: RefusedPersons },
): Promise<PersonsOf[]> {
  const { named, reach, refused } = of;
  const { target, wish } = of.sought;
  const purposes = target.purposes.filter((purpose) => wish.purposes?.includes(purpose) ?? true);
  const existing = new Set(await ground.engine.listTables());
  const found: PersonsOf[] = [];
  for (const [version, persons] of Map.groupBy(named, (one) => one.version)) {
    if (!existing.has(peopleTable(version, []).name)) continue;
    for (const purpose of purposes) {
      const judged = await refused.find({ target, reach, version, purpose });
      found.push(...persons.map((one) => ({ ...one, refused: judged })));
    }
  }
  return found;
}

function partnerReach({ side, matchId, own, partner }: MatchedReach): NonNullable<CandidatesRequest['partners']> {
  if ([own, partner].some(({ versionId, engineId }) => versionId === '' || engineId === '')) return [];
  return [
    {
      side,
      version: own.versionId,
      partnerVersion: partner.versionId,
      match: matchId,
      contribution: own.engineId,
      partnerContribution: partner.engineId,
    },
  ];
}

/** In every version that still stands: an audience may show persons of an earlier one. */
async function personsOfDataset(
  ground: WorkerGround,
  loaded: readonly LoadedSet[],
  datasetId: string,
): Promise<PersonsOf[]> {
  const { knex } = ground.db;
  const dataset = (await knex('datasets').where({ id: datasetId }).first('schema')) as { schema: string } | undefined;
  const versions = (await knex('dataset_versions').where({ dataset_id: datasetId }).select('id')) as { id: string }[];
  const column = dataset === undefined ? -1 : recordIdPlace(dataset.schema);
  return versions.flatMap(({ id: version }) =>
    loaded.flatMap(({ set, list }): PersonsOf[] => {
      if (set.datasetId !== undefined && set.datasetId !== datasetId) return [];
      if (set.by === 'digest') return [{ version, by: 'digest', list }];
      if (set.by === 'dataset') return [{ version, by: 'all' }];
      return column < 0 ? [] : [{ version, by: 'record-id', list, column }];
    }),
  );
}

/** The place of the record id among the columns of a schema; -1 where there is none. */
export function recordIdPlace(schema: string): number {
  return Object.values(parseDatasetSchema(JSON.parse(schema)).columns).findIndex(({ role }) => role === 'record-id');
}

async function loadSet(ground: WorkerGround, set: PersonSet): Promise<LoadedSet> {
  const list = newId('rmv');
  if (set.by === 'dataset') return { set, list };
  const path = join(ground.scratchDir, `${list}.keys`);
  try {
    await writeFile(path, set.keys, { mode: 0o600 });
    await loadKeyList(ground.engine, { list, path });
  } finally {
    await rm(path, { force: true });
  }
  return { set, list };
}
