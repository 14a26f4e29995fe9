// Joining a collaboration: a dataset version's keys, carried from the tenant's key to the collaboration's. Without this
// step two tenants' keys have nothing in common. By the kernel where they lie in a file on this machine, else by the engine.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentifierType } from '../identifiers/identifier.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber, identifierTypeOf } from './identifier-types.ts';
import { runInThread } from './kernel/kernel-threads.ts';
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
  /** A folder for one file of match keys, gone before this returns. */
  readonly scratchDir: string;
}

export interface ContributionSummary {
  readonly persons: number;
  readonly keysByType: Readonly<Partial<Record<IdentifierType, number>>>;
}

/** Throws EngineError; then nothing of the contribution is left. A repeated call replaces the first one. */
export async function contributeDataset(engine: Engine, request: ContributionRequest): Promise<ContributionSummary> {
  const { contribution, version } = request;
  await dropContribution(engine, contribution);
  try {
    const file = await engine.findFile(tableName(version, 'keys'));
    return file === undefined ? await rekeyInEngine(engine, request) : await rekeyFile(engine, request, file);
  } catch (thrown) {
    await dropContribution(engine, contribution);
    throw thrown;
  }
}

async function rekeyFile(engine: Engine, request: ContributionRequest, from: string): Promise<ContributionSummary> {
  const table = keysTable(request.contribution);
  const path = join(request.scratchDir, `${table.name}.native`);
  const { tenantKey: oldKey, collaborationKey: newKey } = request;
  const types = request.types.map(identifierTypeNumber);
  try {
    const rekeyed = await runInThread({ kind: 'rekey', from, to: path, oldKey, newKey, types });
    await engine.adoptFile(table, { path, rows: rekeyed.rows });
    return {
      persons: rekeyed.persons,
      keysByType: Object.fromEntries(
        Object.entries(rekeyed.rowsByType).map(([type, n]) => [identifierTypeOf(Number(type)), n]),
      ),
    };
  } finally {
    await rm(path, { force: true });
  }
}

async function rekeyInEngine(engine: Engine, request: ContributionRequest): Promise<ContributionSummary> {
  const table = keysTable(request.contribution);
  await engine.createTable(table);
  await engine.command(
    `INSERT INTO ${table.name} (match_key, person, type)
     SELECT ${rekeySql('match_key')}, person, type FROM ${tableName(request.version, 'keys')}
     WHERE has({types:Array(UInt8)}, type)`,
    {
      ...rekeyParams({ oldKey: request.tenantKey, newKey: request.collaborationKey }),
      types: request.types.map(identifierTypeNumber),
    },
  );
  return summarise(engine, request.contribution);
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
