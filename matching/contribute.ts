// Joining a collaboration: a dataset version's keys, carried inside the engine from the tenant's key to the
// collaboration's. Without this step two tenants' keys have nothing in common.
import type { IdentifierType } from '../identifiers/identifier.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber, identifierTypeOf } from './identifier-types.ts';
import { rekeyParams, rekeySql } from './rekey-sql.ts';
import { keysTable } from './tables.ts';

export interface ContributionRequest {
  readonly version: string;
  readonly contribution: string;
  /** 32 bytes each. */
  readonly tenantKey: Uint8Array;
  readonly collaborationKey: Uint8Array;
  /** The identifier types the contributor lends to the collaboration. */
  readonly types: readonly IdentifierType[];
}

export interface ContributionSummary {
  readonly persons: number;
  readonly keysByType: Readonly<Partial<Record<IdentifierType, number>>>;
}

/** Throws EngineError; then nothing of the contribution is left. A repeated call replaces the first one. */
export async function contributeDataset(engine: Engine, request: ContributionRequest): Promise<ContributionSummary> {
  const { contribution, version, types } = request;
  const table = keysTable(contribution);
  await dropContribution(engine, contribution);
  try {
    await engine.createTable(table);
    await engine.command(
      `INSERT INTO ${table.name} (match_key, person, type)
       SELECT ${rekeySql('match_key')}, person, type FROM ${tableName(version, 'keys')}
       WHERE has({types:Array(UInt8)}, type)`,
      {
        ...rekeyParams({ oldKey: request.tenantKey, newKey: request.collaborationKey }),
        types: types.map(identifierTypeNumber),
      },
    );
    return await summarise(engine, contribution);
  } catch (thrown) {
    await dropContribution(engine, contribution);
    throw thrown;
  }
}

export async function dropContribution(engine: Engine, contribution: string): Promise<void> {
  await engine.dropTable(tableName(contribution, 'keys'));
}

async function summarise(engine: Engine, contribution: string): Promise<ContributionSummary> {
  const table = tableName(contribution, 'keys');
  const counts = await engine.query<{ type: number; n: number }>(
    `SELECT type, count() AS n FROM ${table} GROUP BY type ORDER BY type`,
  );
  const [people] = await engine.query<{ persons: number }>(
    `SELECT bitmapCardinality(groupBitmapState(person)) AS persons FROM ${table}`,
  );
  return {
    persons: people?.persons ?? 0,
    keysByType: Object.fromEntries(counts.map(({ type, n }) => [identifierTypeOf(type), n])),
  };
}
