// The counts of a match, read again from its pairs: they are kept nowhere else.
import { type Unreleased, unreleased } from '../policies/release.ts';
import type { Engine } from './engine/engine.ts';
import { identifierTypeOf } from './identifier-types.ts';
import type { MatchCounts } from './match.ts';
import { keysTable, pairsTable } from './tables.ts';

/** `left` and `right` name the contributions that were matched. Throws EngineError, also when the match was dropped. */
export async function countMatch(
  engine: Engine,
  of: { readonly match: string; readonly left: string; readonly right: string },
): Promise<Unreleased<MatchCounts>> {
  const rows = await engine.query<{ type: number; pairs: number }>(
    `SELECT type, count() AS pairs FROM ${pairsTable(of.match).name} GROUP BY type ORDER BY type`,
  );
  return unreleased({
    left: await countPersons(engine, of.left),
    right: await countPersons(engine, of.right),
    matched: rows.reduce((sum, { pairs }) => sum + pairs, 0),
    byIdentifier: Object.fromEntries(rows.map(({ type, pairs }) => [identifierTypeOf(type), pairs])),
  });
}

async function countPersons(engine: Engine, contribution: string): Promise<number> {
  const [row] = await engine.query<{ persons: number }>(
    `SELECT uniqExact(person) AS persons FROM ${keysTable(contribution).name}`,
  );
  return row?.persons ?? 0;
}
