// How little an audience differs from those that the same receiver was told before, counted where the ids are. Two audiences
// that differ by one person tell who that person is, whatever the size of either.
import type { Engine } from './engine/engine.ts';
import { deliveredTable, type selectionTables } from './tables.ts';

export interface EarlierDelivery {
  readonly audience: string;
  readonly destination: string;
}

/**
 * The smallest number of ids, above zero, that were added or removed against any earlier audience; undefined where nothing
 * differs. Ids of persons who withdrew their consent or are suppressed may go at any time and do not count.
 */
export async function smallestDifference(
  engine: Engine,
  { ids, barred }: Pick<ReturnType<typeof selectionTables>, 'ids' | 'barred'>,
  earlier: readonly EarlierDelivery[],
): Promise<number | undefined> {
  const existing = new Set(await engine.listTables());
  const differences: number[] = [];
  for (const { audience, destination } of earlier) {
    const delivered = deliveredTable(audience, destination).name;
    if (!existing.has(delivered)) continue;
    // What was perhaps sent counts as sent.
    const told = `SELECT id FROM (SELECT id, argMax(state, (round, step)) AS last FROM ${delivered} GROUP BY id) WHERE last >= 0`;
    const [row] = await engine.query<{ told: number; added: number; removed: number }>(
      `SELECT (SELECT count() FROM (${told})) AS told,
        (SELECT count() FROM ${ids.name} AS i ANTI LEFT JOIN (${told}) AS t ON t.id = i.id) AS added,
        (SELECT count() FROM (${told}) AS t
          ANTI LEFT JOIN (SELECT id FROM ${ids.name} UNION ALL SELECT id FROM ${barred.name}) AS kept ON kept.id = t.id) AS removed`,
    );
    // An audience that everybody has left since tells nothing about who is added now.
    if (row !== undefined && Number(row.told) > 0) differences.push(Number(row.added), Number(row.removed));
  }
  const some = differences.filter((count) => count > 0);
  return some.length === 0 ? undefined : Math.min(...some);
}
