// A list of a few persons is a question about those few: it is not matched at all.
import type { Engine } from './engine/engine.ts';
import { keysTable } from './tables.ts';

/** Whether any of the contributions has fewer persons than must be on a list before it is matched. */
export async function isAnyListShort(
  engine: Engine,
  contributions: readonly string[],
  minimumPersons: number,
): Promise<boolean> {
  const counts = await Promise.all(contributions.map((contribution) => countPersons(engine, contribution)));
  return counts.some((persons) => persons < minimumPersons);
}

async function countPersons(engine: Engine, contribution: string): Promise<number> {
  const [row] = await engine.query<{ persons: number }>(
    `SELECT uniqExact(person) AS persons FROM ${keysTable(contribution).name}`,
  );
  return row?.persons ?? 0;
}
