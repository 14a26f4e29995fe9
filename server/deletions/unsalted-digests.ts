// Persons named by digests without a salt, as California and ad platforms make them. No match key can be made of such a digest:
// only a column of platform digests, opened here for the comparison alone, tells whose it is.
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { findPlatformProfile, PLATFORM_PROFILES, type PlatformRules } from '../../identifiers/platform-profile.ts';
import type { ErasureScope } from '../../matching/erase/erasure.ts';
import { type PersonSeeds, streamActivationIds } from '../../matching/erase/person-seeds.ts';
import { type ActivationColumn, activationColumns } from '../../matching/tables.ts';
import type { DatasetRow } from '../datasets/dataset-store.ts';
import { sealedIdOpener } from '../deliveries/sealed-ids.ts';
import type { Ground, WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { UnsaltedDigests } from './named-persons.ts';

type Wanted = Pick<UnsaltedDigests, 'kind' | 'spelling'>;

/** The columns of a schema whose digests are made as these were. */
export function comparableColumns(schema: string, { kind, spelling }: Wanted): ActivationColumn[] {
  return activationColumns(parseDatasetSchema(JSON.parse(schema))).filter(({ type, profile }) => {
    const found = type === 'platform-digest' ? findPlatformProfile(profile ?? '') : undefined;
    if (found === undefined || found.kind !== kind) return false;
    const rules: PlatformRules = PLATFORM_PROFILES[found.name];
    if (kind === 'email') return isAsTyped(rules);
    return kind === 'phone' ? rules.phone === spelling : true;
  });
}

/** Addresses trimmed and in lower case, and nothing else done to them. */
function isAsTyped({ dotlessDomains, trimDots, plainCharacters }: PlatformRules): boolean {
  return dotlessDomains.length === 0 && trimDots !== true && plainCharacters !== true;
}

/** The tenant's datasets that no such digest can be looked up in. */
export async function listUnmatchable(ground: Ground, tenantId: string, wanted: Wanted): Promise<string[]> {
  const rows = await ground.db
    .knex<DatasetRow>('datasets')
    .where({ tenant_id: tenantId, status: 'active' })
    .select('id', 'schema');
  return rows.filter(({ schema }) => comparableColumns(schema, wanted).length === 0).map(({ id }) => id);
}

export interface FoundByDigest {
  readonly seeds: readonly PersonSeeds[];
  /** Places, in their list, of the digests that somebody was found by. */
  readonly found: readonly (readonly number[])[];
}

export async function findByUnsalted(
  ground: WorkerGround,
  { scope, lists }: { scope: Pick<ErasureScope, 'versions'>; lists: readonly UnsaltedDigests[] },
): Promise<FoundByDigest> {
  const seeds: PersonSeeds[] = [];
  const found = lists.map(() => new Set<number>());
  for (const { version, dataset } of scope.versions) {
    const row = await ground.db.knex<DatasetRow>('datasets').where({ id: dataset }).first('schema');
    if (row === undefined) continue;
    const persons = new Set<number>();
    for (const [n, list] of lists.entries()) {
      const places = new Map(list.digests.map((digest, place) => [digest, place]));
      for (const column of comparableColumns(row.schema, list)) {
        for await (const { person, digest } of digestsOf(ground, { version, dataset, column })) {
          const place = places.get(digest);
          if (place === undefined) continue;
          found[n]?.add(place);
          persons.add(person);
        }
      }
    }
    if (persons.size > 0) seeds.push({ version, persons: [...persons] });
  }
  return { seeds, found: found.map((places) => [...places].sort((a, b) => a - b)) };
}

async function* digestsOf(
  ground: WorkerGround,
  { version, dataset, column }: { version: string; dataset: string; column: ActivationColumn },
): AsyncGenerator<{ person: number; digest: string }> {
  const open = await sealedIdOpener(ground, { side: { datasetId: dataset }, column });
  for await (const rows of streamActivationIds(ground.engine, { version, columns: [column.column] })) {
    for (const { person, id } of rows) {
      const digest = hexOf(id.startsWith('sealed1.') ? opened(open, id) : id);
      if (digest !== undefined) yield { person, digest };
    }
  }
}

/** An id that no key of its dataset opens is nobody's to compare; its person is found by other means or not at all. */
function opened(open: ((id: string) => string) | undefined, id: string): string {
  try {
    return open?.(id) ?? '';
  } catch (error) {
    if (error instanceof PermanentFailure) return '';
    throw error;
  }
}

function hexOf(digest: string): string | undefined {
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  const bytes = Buffer.from(digest, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}
