// The salts that files are hashed with: the service's own, and those of the collaborations one is in.
import type { Salt } from '../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../api/client.ts';

export interface NamedSalt extends Salt {
  /** The collaboration's name; undefined for a salt of the service. */
  readonly collaboration?: string;
}

/** The newest of the service first, then those of each active collaboration. */
export async function listSaltsToHashWith(): Promise<NamedSalt[]> {
  const ofService = await answered(api.GET('/v1/salts', { params: { query: {} } }));
  const collaborations = await everyItem((cursor) =>
    api.GET('/v1/collaborations', { params: { query: cursor === undefined ? {} : { cursor } } }),
  );
  const own: NamedSalt[] = [];
  for (const { id, name, status } of collaborations) {
    if (status !== 'active') continue;
    const { items } = await answered(api.GET('/v1/salts', { params: { query: { collaboration_id: id } } }));
    own.push(
      ...items.filter((salt) => salt.scope === 'collaboration').map((salt) => ({ ...salt, collaboration: name })),
    );
  }
  return [...ofService.items, ...own];
}

/** Every salt that a dataset of one's own was hashed with. `missing`: those that the service no longer gives out. */
export async function listSaltsInUse(): Promise<{ salts: string[]; missing: number }> {
  const datasets = await everyItem((cursor) =>
    api.GET('/v1/datasets', { params: { query: cursor === undefined ? {} : { cursor } } }),
  );
  const wanted = new Set(datasets.map(({ salt_id: id }) => id));
  if (wanted.size === 0) return { salts: [], missing: 0 };
  const known = new Map((await listSaltsToHashWith()).map(({ id, value }) => [id, value]));
  const salts = [...wanted].flatMap((id) => known.get(id) ?? []);
  return { salts, missing: wanted.size - salts.length };
}
