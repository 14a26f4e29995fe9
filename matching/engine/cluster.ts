// The cluster adapter: a ClickHouse cluster over the official client. Every table is a local table on each shard with a
// Distributed one in front, so that the SQL of the steps is the same as embedded.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type ClickHouseClient, type ClickHouseSettings, createClient } from '@clickhouse/client';
import type { Columns, Engine, EngineFile, Params, QueryOptions, TableDefinition } from './engine.ts';
import { EngineError, engineErrorOf } from './engine.ts';
import { assertTableName, CLUSTER_SETTINGS, columnList, ENGINE_SETTINGS, structureOf } from './settings.ts';

export interface ClusterEngineOptions {
  /** One URL for each shard; the first one answers queries, all of them receive table definitions. */
  readonly urls: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** The name under `remote_servers` in the servers' own configuration. */
  readonly cluster: string;
  readonly requestTimeoutMs?: number;
}

export async function openClusterEngine(options: ClusterEngineOptions): Promise<Engine> {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(options.cluster)) throw new EngineError('engine_unavailable');
  const engine = new ClusterEngine(options);
  await engine.query('SELECT 1 AS alive');
  return engine;
}

const EXISTS =
  'SELECT count() AS found FROM system.tables WHERE database = currentDatabase() AND name = {table:String}';

class ClusterEngine implements Engine {
  readonly kind = 'cluster';
  readonly #clients: readonly ClickHouseClient[];
  readonly #cluster: string;

  constructor(options: ClusterEngineOptions) {
    this.#cluster = options.cluster;
    this.#clients = options.urls.map((url) =>
      createClient({
        url,
        username: options.user ?? 'default',
        password: options.password ?? '',
        database: options.database ?? 'default',
        request_timeout: options.requestTimeoutMs ?? 3_600_000,
        clickhouse_settings: { ...ENGINE_SETTINGS, ...CLUSTER_SETTINGS } as ClickHouseSettings,
        log: { LoggerClass: SilentLogger },
      }),
    );
  }

  get #first(): ClickHouseClient {
    const client = this.#clients[0];
    if (client === undefined) throw new EngineError('engine_unavailable');
    return client;
  }

  async createTable(table: TableDefinition): Promise<void> {
    const name = assertTableName(table.name);
    const structure = structureOf(table.columns);
    const local = `CREATE TABLE ${name}_local (${structure}) ENGINE = MergeTree ORDER BY (${table.orderBy.join(', ')})`;
    const front = `CREATE TABLE ${name} (${structure}) ENGINE = Distributed('${this.#cluster}', currentDatabase(), '${name}_local', ${shardingKey(table.shardBy)})`;
    await this.#onEveryShard(local);
    await this.#onEveryShard(front);
  }

  async dropTable(name: string): Promise<void> {
    await this.#onEveryShard(`DROP TABLE IF EXISTS ${assertTableName(name)} SYNC`);
    await this.#onEveryShard(`DROP TABLE IF EXISTS ${name}_local SYNC`);
  }

  // The front of `name` points at its local table by name, so only the local one changes hands.
  async replaceTable(name: string, replacement: string): Promise<void> {
    const local = `${assertTableName(name)}_local`;
    for (const client of this.#clients) {
      const here = await attempt(async () => {
        const result = await client.query({ query: EXISTS, query_params: { table: `${replacement}_local` } });
        return (await result.json<{ found: number }>()).data[0]?.found;
      });
      if (Number(here) === 0) continue;
      await attempt(() => client.command({ query: `DROP TABLE IF EXISTS ${local} SYNC` }));
      await attempt(() => client.command({ query: `RENAME TABLE ${assertTableName(replacement)}_local TO ${local}` }));
    }
    await this.dropTable(replacement);
  }

  async listTables(): Promise<string[]> {
    const sql = 'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name';
    const names = new Set<string>();
    for (const client of this.#clients) {
      const rows = await attempt(async () => (await client.query({ query: sql, format: 'JSONEachRow' })).json());
      for (const row of rows as { name: string }[]) names.add(row.name.replace(/_local$/, ''));
    }
    return [...names].sort();
  }

  async command(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<void> {
    await attempt(() =>
      this.#first.command({ query: sql, query_params: { ...params }, clickhouse_settings: joinSettings(options) }),
    );
  }

  async query<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<Row[]> {
    return attempt(async () => (await this.#select(sql, params, options)).json<Row>());
  }

  async *stream<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): AsyncIterable<Row[]> {
    try {
      const result = await this.#select(sql, params, options);
      for await (const rows of result.stream<Row>()) {
        if (rows.length > 0) yield rows.map((row) => row.json() as Row);
      }
    } catch (thrown) {
      throw engineErrorOf(thrown);
    }
  }

  async *streamBinary(sql: string, params: Params = {}, options: QueryOptions = {}): AsyncIterable<Uint8Array> {
    try {
      const result = await this.#first.exec({
        query: `${sql} FORMAT RowBinary`,
        query_params: { ...params },
        clickhouse_settings: joinSettings(options),
      });
      yield* result.stream as AsyncIterable<Uint8Array>;
    } catch (thrown) {
      throw engineErrorOf(thrown);
    }
  }

  async insertFile(target: { table: string; columns: Columns }, file: EngineFile): Promise<void> {
    const query = `INSERT INTO ${assertTableName(target.table)} (${columnList(target.columns)}) FORMAT ${file.format}`;
    await attempt(async () => {
      const result = await this.#first.exec({ query, values: createReadStream(file.path) });
      await drain(result.stream);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #select(sql: string, params: Params, options: QueryOptions) {
    return this.#first.query({
      query: sql,
      format: 'JSONEachRow',
      query_params: { ...params },
      clickhouse_settings: joinSettings(options),
    });
  }

  // Not ON CLUSTER: that needs a Keeper, which two plain shards do not have.
  async #onEveryShard(sql: string): Promise<void> {
    for (const client of this.#clients) await attempt(() => client.command({ query: sql }));
  }
}

/** The client logs failed queries with their text; nothing of ours may be written that way. */
class SilentLogger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

function joinSettings(options: QueryOptions): ClickHouseSettings {
  return { distributed_product_mode: options.join === 'colocated' ? 'local' : 'global' };
}

function shardingKey(shardBy: TableDefinition['shardBy']): string {
  if (shardBy === 'random') return 'rand()';
  return shardBy.endsWith('_key') ? `reinterpretAsUInt64(${shardBy})` : shardBy;
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw engineErrorOf(thrown);
  }
}

async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream) {
    // The answer to an insert is empty; reading it to the end is what waits for the acknowledgement.
  }
}
