// What the cells of a waiting file are compared with: the digests that the found keys were made of, and record ids as they were named.
import type { NamedKey } from '../../matching/erase/erasure.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import type { SoughtCells } from './staged-files.ts';
import { decryptBlocks } from './tombstones.ts';

export function soughtCells(
  found: readonly NamedKey[],
  { persons, tenantKey }: { persons: NamedPersons; tenantKey: Uint8Array },
): SoughtCells {
  const identifiers = found.filter(({ dataset }) => dataset === undefined).map(({ key }) => key);
  const halves = decryptBlocks(tenantKey, Buffer.concat(identifiers)).toString('hex');
  const digestHalves = new Set(identifiers.map((_, n) => halves.slice(n * 32, (n + 1) * 32)));
  const recordIds = new Map(
    (persons.records ?? []).map(({ dataset_id: dataset, record_ids: ids }) => [dataset, new Set(ids)]),
  );
  return { digestHalves, recordIds };
}
