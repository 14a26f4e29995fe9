// The one pinned block of settings that goes with every query on both adapters, and the names tables may have.
// A default of the engine that changes with a version must not change who matches whom.
import type { Columns } from './engine.ts';

export type EngineSettings = Readonly<Record<string, string | number>>;

export const ENGINE_SETTINGS: EngineSettings = {
  join_use_nulls: 1,
  union_default_mode: 'ALL',
  except_default_mode: 'DISTINCT',
  intersect_default_mode: 'DISTINCT',
  transform_null_in: 0,
  join_algorithm: 'parallel_hash,grace_hash',
  query_plan_join_swap_table: 'auto',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_named_tuples_as_objects: 1,
  date_time_input_format: 'basic',
  // Bound keys and ids would otherwise lie readable in the engine's own tables.
  log_queries: 0,
  log_query_threads: 0,
  log_queries_probability: 0,
  log_processors_profiles: 0,
  send_logs_level: 'none',
};

/** Beside the block above on a cluster: an insert is acknowledged only when every shard has it. */
export const CLUSTER_SETTINGS: EngineSettings = {
  distributed_foreground_insert: 1,
  distributed_product_mode: 'global',
  // Otherwise what a shard selects is inserted where it was found, not where its own bytes place it.
  parallel_distributed_insert_select: 0,
  insert_deduplicate: 0,
  async_insert: 0,
  // A node that is away is told within seconds, not after the engine's five minutes.
  connect_timeout: 5,
  handshake_timeout_ms: 5_000,
  receive_timeout: 60,
  send_timeout: 60,
};

/** Where copies replicate by Keeper: an insert stands on the most of them, and a query sees every insert that was acknowledged. */
export const REPLICATED_SETTINGS: EngineSettings = {
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  // A copy that went away is told within the patience that holds for a silent node, not after the engine's ten minutes.
  insert_quorum_timeout: 20_000,
  select_sequential_consistency: 1,
  load_balancing: 'in_order',
};

const TABLE_NAME = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}_[a-z]+(?:_[a-z0-9]+)*$/;
const COLUMN_NAME = /^[a-z][a-z0-9_]*$/;
const ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/;

/** A table name is an id of the control plane and a suffix of ours; anything else is a broken invariant. */
export function tableName(id: string, suffix: string): string {
  if (!ID.test(id)) throw new Error('an engine table can only be named after an id');
  return assertTableName(`${id}_${suffix}`);
}

export function assertTableName(name: string): string {
  if (!TABLE_NAME.test(name)) throw new Error('not the name of an engine table');
  return name;
}

export function structureOf(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, type]) => `${assertColumnName(name)} ${type}`)
    .join(', ');
}

export function columnList(columns: Columns): string {
  return Object.keys(columns).map(assertColumnName).join(', ');
}

function assertColumnName(name: string): string {
  if (!COLUMN_NAME.test(name)) throw new Error('not the name of an engine column');
  return name;
}
