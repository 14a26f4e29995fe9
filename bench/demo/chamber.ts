// A look into the chamber after the service has ended, as only whoever holds the data folder can take it. No route shows these
// counts: they are here so that the demo can be held against the truth.
import type { Engine } from '../../matching/engine/engine.ts';
import { identifierTypeOf } from '../../matching/identifier-types.ts';
import { keysTable, pairsTable } from '../../matching/tables.ts';
import { closeDatabase, type Database } from '../../server/database/database.ts';
import { type AudienceCounts, countAudience } from './chamber-audience.ts';
import type { Grounds } from './grounds.ts';

export interface ChamberIds {
  readonly osecDatasetId: string;
  readonly randoDatasetId: string;
  readonly osecContributionId: string;
  readonly randoContributionId: string;
  readonly matchId: string;
  readonly audienceId: string;
  readonly destinationId: string;
}

export interface ChamberCounts {
  readonly left: number;
  readonly right: number;
  readonly matched: number;
  readonly byIdentifier: Record<string, number>;
  readonly audience: AudienceCounts;
  /** Leaves of the audit log. */
  readonly events: number;
}

export async function lookIntoChamber(grounds: Grounds, ids: ChamberIds): Promise<ChamberCounts> {
  const engine = await grounds.openEngine();
  const db = grounds.openDatabase();
  try {
    const byIdentifier = await pairsByType(engine, ids.matchId);
    const leaves = await db.knex('audit_leaves').count<{ n: number | string }[]>({ n: '*' });
    return {
      left: await countPersons(engine, db, ids.osecContributionId),
      right: await countPersons(engine, db, ids.randoContributionId),
      matched: Object.values(byIdentifier).reduce((sum, pairs) => sum + pairs, 0),
      byIdentifier,
      audience: await countAudience(engine, db, ids),
      events: Number(leaves[0]?.n ?? 0),
    };
  } finally {
    await Promise.all([engine.close(), closeDatabase(db)]);
  }
}

async function pairsByType(engine: Engine, matchId: string): Promise<Record<string, number>> {
  const sql = `SELECT type, count() AS n FROM ${pairsTable(matchId).name} GROUP BY type ORDER BY type`;
  const rows = await engine.query<{ type: number; n: number | string }>(sql);
  return Object.fromEntries(rows.map(({ type, n }) => [identifierTypeOf(type), Number(n)]));
}

/** A contribution's tables carry an id of their own, since a refresh makes new ones beside the old. */
async function countPersons(engine: Engine, { knex }: Database, contributionId: string): Promise<number> {
  const contribution = await knex('contributions')
    .where({ id: contributionId })
    .first<{ engine_id: string }>('engine_id');
  const keys = keysTable(contribution.engine_id).name;
  const [row] = await engine.query<{ n: number | string }>(`SELECT uniqExact(person) AS n FROM ${keys}`);
  return Number(row?.n ?? 0);
}
