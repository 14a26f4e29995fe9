// A list of a few persons is a question about those few: it is not matched at all.
import { countContributed } from './candidates.ts';
import type { Engine } from './engine/engine.ts';

/** Whether any of the contributions has fewer persons than must be on a list before it is matched. */
export async function isAnyListShort(
  engine: Engine,
  contributions: readonly string[],
  minimumPersons: number,
): Promise<boolean> {
  const counts = await Promise.all(contributions.map((contribution) => countContributed(engine, contribution)));
  return counts.some((persons) => persons < minimumPersons);
}
