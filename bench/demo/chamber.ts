// A look into the chamber after the service has ended, as only whoever holds the data folder can take it. No route shows these
// counts: they are here so that the demo can be held against the truth.
import { IDENTIFIER_TYPES } from '../../identifiers/identifier.ts';
import { openEmbeddedEngine } from '../../matching/engine/embedded.ts';
import type { Engine } from '../../matching/engine/engine.ts';
import { keysTable, membersTable, pairsTable } from '../../matching/tables.ts';

export interface ChamberIds {
  readonly osecContributionId: string;
  readonly randoContributionId: string;
  readonly matchId: string;
  readonly audienceId: string;
}

export interface ChamberCounts {
  readonly left: number;
  readonly right: number;
  readonly matched: number;
  readonly byIdentifier: Record<string, number>;
  /** Matched persons whom the segment selected. */
  readonly selected: number;
}

export async function lookIntoChamber(engineFolder: string, ids: ChamberIds): Promise<ChamberCounts> {
  const engine = await openEmbeddedEngine({ dataDir: engineFolder });
  try {
    const byIdentifier = await pairsByType(engine, ids.matchId);
    return {
      left: await countOf(engine, `SELECT uniqExact(person) AS n FROM ${keysTable(ids.osecContributionId).name}`),
      right: await countOf(engine, `SELECT uniqExact(person) AS n FROM ${keysTable(ids.randoContributionId).name}`),
      matched: Object.values(byIdentifier).reduce((sum, pairs) => sum + pairs, 0),
      byIdentifier,
      selected: await countOf(engine, `SELECT count() AS n FROM ${membersTable(ids.audienceId).name}`),
    };
  } finally {
    await engine.close();
  }
}

async function pairsByType(engine: Engine, matchId: string): Promise<Record<string, number>> {
  const sql = `SELECT type, count() AS n FROM ${pairsTable(matchId).name} GROUP BY type ORDER BY type`;
  const rows = await engine.query<{ type: number; n: number | string }>(sql);
  return Object.fromEntries(rows.map(({ type, n }) => [IDENTIFIER_TYPES[type] ?? `type ${type}`, Number(n)]));
}

async function countOf(engine: Engine, sql: string): Promise<number> {
  const [row] = await engine.query<{ n: number | string }>(sql);
  return Number(row?.n ?? 0);
}
