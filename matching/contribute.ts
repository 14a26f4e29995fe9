// Joining a collaboration: a dataset version's keys, carried from the tenant's key to the collaboration's. Without this
// step two tenants' keys have nothing in common. By the kernel where they lie in a file on this machine, else by the engine.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentifierType } from '../identifiers/identifier.ts';
import type { Engine, TableDefinition } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber, identifierTypeOf } from './identifier-types.ts';
import { carryJoins, dropJoinsOf, dropStaleJoins } from './joined-bases.ts';
import { runInThread } from './kernel/kernel-threads.ts';
import type { RekeyedFile } from './kernel/rekey-file.ts';
import { type FoundKeyLayers, findKeyLayers, typesOfFile } from './key-files.ts';
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
  /** What the contribution was before, of which it takes over what has not changed. Its keys are those of now. */
  readonly previous?: { readonly version: string; readonly contribution: string } | undefined;
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
    const layers = await findKeyLayers(engine, tableName(version, 'keys'));
    if (layers === undefined) return await rekeyInEngine(engine, request);
    if (layers.origin !== version) return await rekeyLayers(engine, request, layers);
    const table = keysTable(contribution);
    return summaryOf(await rekeyFile(engine, request, { from: layers.base, table }));
  } catch (thrown) {
    await dropContribution(engine, contribution);
    throw thrown;
  }
}

async function rekeyFile(
  engine: Engine,
  request: ContributionRequest,
  { from, table }: { from: string; table: TableDefinition },
): Promise<RekeyedFile> {
  const path = join(request.scratchDir, `${table.name}.native`);
  try {
    const rekeyed = await rekeyInto(request, { from, path });
    await engine.adoptFile(table, { path, rows: rekeyed.rows });
    return rekeyed;
  } finally {
    await rm(path, { force: true });
  }
}

function rekeyInto(request: ContributionRequest, { from, path }: { from: string; path: string }): Promise<RekeyedFile> {
  const { tenantKey: oldKey, collaborationKey: newKey } = request;
  const types = request.types.map(identifierTypeNumber);
  return runInThread({ kind: 'rekey', from, to: path, oldKey, newKey, types });
}

/** Only the top is re-keyed where the contribution before has the same base. */
async function rekeyLayers(
  engine: Engine,
  request: ContributionRequest,
  layers: FoundKeyLayers,
): Promise<ContributionSummary> {
  const table = keysTable(request.contribution);
  const path = join(request.scratchDir, `${table.name}.native`);
  const own = { ...table, name: tableName(request.contribution, 'origin') };
  const kept = await findSameBase(engine, request, layers);
  try {
    if (kept === undefined) await rekeyFile(engine, request, { from: layers.base, table: own });
    const top =
      layers.top === undefined
        ? undefined
        : { path, rows: (await rekeyInto(request, { from: layers.top, path })).rows };
    await engine.layered?.stack(table, { under: kept ?? own.name, top, gonePath: layers.gone });
    await engine.dropTable(own.name);
    if (kept !== undefined && request.previous !== undefined) {
      await carryJoins(engine, { from: request.previous.contribution, to: request.contribution });
    }
    const stacked = await findKeyLayers(engine, table.name);
    if (stacked === undefined) return await summarise(engine, request.contribution);
    return summaryOf(await runInThread({ kind: 'count', layers: stacked }));
  } finally {
    await rm(path, { force: true });
  }
}

/** The table of the contribution before, where its base is this version's base under the collaboration's key, type by type. */
async function findSameBase(
  engine: Engine,
  { previous, types }: ContributionRequest,
  layers: FoundKeyLayers,
): Promise<string | undefined> {
  if (previous === undefined) return undefined;
  const version = await findKeyLayers(engine, keysTable(previous.version).name);
  const { name } = keysTable(previous.contribution);
  const contribution = await findKeyLayers(engine, name);
  if (version === undefined || contribution === undefined || version.origin !== layers.origin) return undefined;
  const isWhole = contribution.origin === previous.contribution;
  if (isWhole !== (version.origin === previous.version)) return undefined;
  const held = typesOfFile(contribution.base);
  const wanted = new Set(types.map(identifierTypeNumber)).intersection(typesOfFile(layers.base));
  return held.size === wanted.size && held.isSubsetOf(wanted) ? name : undefined;
}

function summaryOf({ persons, rowsByType }: Pick<RekeyedFile, 'persons' | 'rowsByType'>): ContributionSummary {
  const rows = Object.entries(rowsByType).filter(([, n]) => n > 0);
  return { persons, keysByType: Object.fromEntries(rows.map(([type, n]) => [identifierTypeOf(Number(type)), n])) };
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
  for (const suffix of ['keys', 'origin']) await engine.dropTable(tableName(contribution, suffix));
  await dropJoinsOf(engine, contribution);
  await dropStaleJoins(engine);
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
