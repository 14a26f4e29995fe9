// How the nodes of a cluster stand to each other, as they say themselves, and the two tables that one of ours becomes on them.
import type { Columns, TableDefinition } from './engine.ts';
import { EngineError } from './engine.ts';
import { assertTableName, structureOf } from './settings.ts';

/** One row of `system.clusters`, asked of one node. */
export interface NodeRow {
  readonly shard: number;
  readonly replica: number;
  readonly internal_replication: number;
  readonly is_local: number;
}

export interface NodePlace {
  readonly shard: number;
  readonly replica: number;
}

export interface ClusterLayout {
  /** Undefined for one server that is part of no cluster: its tables need no front. */
  readonly cluster: string | undefined;
  /** The copies of a shard replicate among themselves (through Keeper), rather than being written to one by one. */
  readonly replicated: boolean;
  /** By URL, in the order of the URLs; undefined for a node that did not answer. */
  readonly places: readonly (NodePlace | undefined)[];
}

/** `asked` holds what each URL's node said, undefined where none answered. Throws EngineError with what to mend. */
export function layoutOf(cluster: string, asked: readonly (readonly NodeRow[] | undefined)[]): ClusterLayout {
  const known = asked.find((rows) => rows !== undefined);
  if (known === undefined) throw new EngineError('engine_unavailable');
  if (known.length === 0 && asked.length === 1)
    return { cluster: undefined, replicated: false, places: [{ shard: 1, replica: 1 }] };
  if (known.length === 0)
    throw new EngineError('cluster_unknown', undefined, `no cluster ${cluster} stands in the nodes' remote_servers`);
  const places = asked.map((rows) => {
    const here = rows?.find((row) => row.is_local === 1);
    return here && { shard: here.shard, replica: here.replica };
  });
  const nodes = new Set(places.flatMap((place) => (place ? [`${place.shard}/${place.replica}`] : [])));
  const missing = asked.filter((rows) => rows === undefined).length;
  if (nodes.size + missing !== known.length || asked.length !== known.length) {
    const hint = `${cluster} has ${known.length} nodes: ECLUSE_CLICKHOUSE_URL must name each of them once, by comma`;
    throw new EngineError('cluster_incomplete', undefined, hint);
  }
  const copies = known.some((row) => row.replica > 1);
  return { cluster, replicated: copies && known.every((row) => row.internal_replication === 1), places };
}

/**
 * What one node is told so that the table stands there; the last statement makes the name that queries use. `making` is the same
 * for all nodes and new each time: a table that took another's place still lies in the Keeper under the name it was made with.
 */
export function tableStatements(
  table: TableDefinition,
  { layout, place, making }: { layout: ClusterLayout; place: NodePlace; making: string },
): string[] {
  const name = assertTableName(table.name);
  const structure = structureOf(table.columns);
  const order = `ORDER BY (${table.orderBy.join(', ')})`;
  if (layout.cluster === undefined) return [`CREATE TABLE ${name} (${structure}) ENGINE = MergeTree ${order}`];
  const local = localName(name);
  return [
    `CREATE TABLE ${local} (${structure}) ENGINE = ${storageOf(`${local}-${making}`, layout, place)} ${order}`,
    `CREATE TABLE ${name} (${structure}) ENGINE = Distributed('${layout.cluster}', currentDatabase(), '${local}', ${shardingKey(table.shardBy, table.columns)})`,
  ];
}

export function localName(name: string): string {
  return `${name}_local`;
}

// The path names the cluster, so that two of them may share one Keeper.
function storageOf(made: string, { replicated, cluster }: ClusterLayout, { shard, replica }: NodePlace): string {
  if (!replicated) return 'MergeTree';
  return `ReplicatedMergeTree('/clickhouse/tables/${cluster}/${shard}/{database}/${made}', '${replica}')`;
}

/** Match keys are uniform already; persons are dense numbers, so that their remainder spreads them evenly. */
function shardingKey(shardBy: TableDefinition['shardBy'], columns: Columns): string {
  if (shardBy === 'random') return 'rand()';
  if (!(shardBy in columns)) throw new Error('a table is sharded by a column of its own');
  return shardBy.endsWith('_key') ? `reinterpretAsUInt64(${shardBy})` : shardBy;
}
