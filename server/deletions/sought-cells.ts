// What the cells of a waiting file are compared with: the digests and record ids that the found keys were made of, beside record ids
// as they were named. Short record ids stand in their keys, longer ones by a hash.
import type { NamedKey } from '../../matching/erase/erasure.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import { blocksOf } from './named-persons.ts';
import type { SoughtCells } from './staged-cells.ts';
import { decryptBlocks } from './tombstones.ts';

export function soughtCells(
  found: readonly NamedKey[],
  { persons, tenantKey }: { persons: NamedPersons; tenantKey: Uint8Array },
): SoughtCells {
  const blocks = blocksOf(decryptBlocks(tenantKey, Buffer.concat(found.map(({ key }) => key))));
  const digestHalves = new Set<string>();
  const recordIds = new Map<string, Set<string>>();
  const recordHashes = new Map<string, Set<string>>();
  for (const [n, { dataset }] of found.entries()) {
    const block = blocks[n] as Buffer;
    const id = shortIdOf(block);
    if (dataset === undefined) digestHalves.add(block.toString('hex'));
    else if (id === undefined) add(recordHashes, dataset, block.toString('hex'));
    else add(recordIds, dataset, id);
  }
  for (const { dataset_id: dataset, record_ids: ids } of persons.records ?? [])
    for (const id of ids) add(recordIds, dataset, id);
  return { digestHalves, recordIds, recordHashes };
}

/** Of a record id of up to fifteen bytes: as it is, closed by 0x80 and zeros. */
function shortIdOf(block: Buffer): string | undefined {
  const end = block.lastIndexOf(0x80);
  if (end < 1 || block.subarray(end + 1).some((byte) => byte !== 0)) return undefined;
  const id = block.subarray(0, end);
  const text = id.toString('utf8');
  return Buffer.from(text).equals(id) ? text : undefined;
}

function add(sets: Map<string, Set<string>>, dataset: string, cell: string): void {
  const set = sets.get(dataset) ?? new Set();
  sets.set(dataset, set.add(cell));
}
