// The salts that a tenant's datasets were hashed with: whoever is to be found in all of them is hashed under each.
import { CommandError } from '../command-error.ts';
import { refusalOf, type Service } from '../upload/service-client.ts';

export async function listSaltsInUse(service: Service): Promise<string[]> {
  const wanted = await saltIdsOfDatasets(service);
  const known = new Map<string, string>();
  const learn = async (collaborationId?: string) => {
    const query = collaborationId === undefined ? {} : { collaboration_id: collaborationId };
    const { data, error, response } = await service.GET('/v1/salts', { params: { query } });
    if (data === undefined) throw refusalOf(response.status, error);
    for (const { id, value } of data.items) known.set(id, value);
  };
  await learn();
  // A collaboration's own salts are looked at only where a dataset was hashed with one of them.
  for (const id of await collaborationIds(
    service,
    [...wanted].some((salt) => !known.has(salt)),
  ))
    await learn(id);
  const missing = [...wanted].filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw new CommandError('salt_missing', `the service no longer has the salt of ${missing.length} dataset(s)`, {
      hint: 'their persons can be named by record ids',
    });
  }
  return [...wanted].map((id) => known.get(id) as string);
}

async function saltIdsOfDatasets(service: Service): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const { data, error, response } = await service.GET('/v1/datasets', { params: { query } });
    if (data === undefined) throw refusalOf(response.status, error);
    for (const { salt_id: id } of data.items) ids.add(id);
    if (data.next_cursor === null) return ids;
    cursor = data.next_cursor;
  }
}

async function collaborationIds(service: Service, isNeeded: boolean): Promise<string[]> {
  if (!isNeeded) return [];
  const { data, error, response } = await service.GET('/v1/collaborations', { params: { query: { limit: 200 } } });
  if (data === undefined) throw refusalOf(response.status, error);
  return data.items.map(({ id }) => id);
}
