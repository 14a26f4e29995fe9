// The cluster adapter: ClickHouse servers over the official client. On a cluster every table is a local table on each node with
// a Distributed one in front, so that the SQL of the steps is the same as embedded. Bound values never travel in a URL.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { boundBody } from './bound-body.ts';
import { localName, tableStatements } from './cluster-layout.ts';
import { type ClusterEngineOptions, ClusterNodes, isConnectionError } from './cluster-nodes.ts';
import type { Columns, Engine, EngineFile, Params, QueryOptions, TableDefinition } from './engine.ts';
import { EngineError, engineErrorOf } from './engine.ts';
import { assertTableName, columnList } from './settings.ts';

export async function openClusterEngine(options: ClusterEngineOptions): Promise<Engine> {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(options.cluster)) throw new EngineError('cluster_unknown');
  const nodes = new ClusterNodes(options);
  try {
    await nodes.discover(options.cluster);
    return new ClusterEngine(nodes, options);
  } catch (thrown) {
    await nodes.close();
    throw thrown;
  }
}

const EXISTS =
  'SELECT count() AS found FROM system.tables WHERE database = currentDatabase() AND name = {table:String}';

class ClusterEngine implements Engine {
  readonly kind = 'cluster';
  readonly #nodes: ClusterNodes;
  readonly #tagOf: () => string | undefined;
  readonly #beforeStatement: () => Promise<void>;

  constructor(nodes: ClusterNodes, { tagOf, beforeStatement }: ClusterEngineOptions) {
    this.#nodes = nodes;
    this.#tagOf = tagOf ?? (() => undefined);
    this.#beforeStatement = beforeStatement ?? (async () => undefined);
  }

  // Not ON CLUSTER: that needs a Keeper, which plain shards do not have.
  async createTable(table: TableDefinition): Promise<void> {
    const making = randomUUID();
    await this.#nodes.onEvery(async (client, place, signal) => {
      const statements = tableStatements(table, { layout: this.#nodes.layout, place, making });
      for (const sql of statements) await this.#step(client, signal, sql);
    });
  }

  async dropTable(name: string): Promise<void> {
    const table = assertTableName(name);
    await this.#nodes.onEvery(async (client, _place, signal) => {
      await this.#step(client, signal, `DROP TABLE IF EXISTS ${table} SYNC`);
      if (this.#isCluster) await this.#step(client, signal, `DROP TABLE IF EXISTS ${localName(table)} SYNC`);
    });
  }

  // The front of `name` points at its local table by name, so only the local one changes hands.
  async replaceTable(name: string, replacement: string): Promise<void> {
    const of = (table: string) => (this.#isCluster ? localName(assertTableName(table)) : assertTableName(table));
    await this.#nodes.onEvery(async (client, _place, signal) => {
      const [here] = await this.#read<{ found: number }>(client, signal, {
        sql: EXISTS,
        params: { table: of(replacement) },
      });
      if (here === undefined || here.found === 0) return;
      await this.#step(client, signal, `DROP TABLE IF EXISTS ${of(name)} SYNC`);
      await this.#step(client, signal, `RENAME TABLE ${of(replacement)} TO ${of(name)}`);
    });
    await this.dropTable(replacement);
  }

  async listTables(): Promise<string[]> {
    const sql = 'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name';
    const names = new Set<string>();
    await this.#nodes.onEvery(async (client, _place, signal) => {
      const rows = await this.#read<{ name: string }>(client, signal, { sql });
      for (const row of rows) names.add(row.name.replace(/_local$/, ''));
    });
    return [...names].sort();
  }

  async command(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<void> {
    await this.#nodes.onOne((client, signal) => this.#send(client, signal, sql, { params, options }));
  }

  query<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): Promise<Row[]> {
    return this.#nodes.onOne((client, signal) => this.#read<Row>(client, signal, { sql, params, options }));
  }

  async *stream<Row>(sql: string, params: Params = {}, options: QueryOptions = {}): AsyncIterable<Row[]> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const block of this.#blocks(`${sql} FORMAT JSONEachRow`, params, options)) {
      const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) yield lines.map((line) => rowOf<Row>(line));
    }
  }

  streamBinary(sql: string, params: Params = {}, options: QueryOptions = {}): AsyncIterable<Uint8Array> {
    return this.#blocks(`${sql} FORMAT RowBinary`, params, options);
  }

  /** Each file goes to the next node, which sends its rows on to their shards. */
  async insertFile(target: { table: string; columns: Columns }, file: EngineFile): Promise<void> {
    const query = `INSERT INTO ${assertTableName(target.table)} (${columnList(target.columns)}) FORMAT ${file.format}`;
    const send = async (client: ClickHouseClient, signal: AbortSignal) => {
      const values = createReadStream(file.path);
      const result = await client.exec({ query, values, abort_signal: signal, ...this.#about({}) });
      await drain(result.stream);
    };
    await this.#nodes.onOne(send, true);
  }

  async cancelTagged(tag: string): Promise<void> {
    const sql = `KILL QUERY WHERE startsWith(query_id, {tag:String}) OR startsWith(initial_query_id, {tag:String}) SYNC`;
    await this.#nodes.onEvery((client, _place, signal) =>
      this.#send(client, signal, sql, { params: { tag: `${tag}.` } }),
    );
  }

  async adoptFile(table: TableDefinition, { path, rows }: { path: string; rows: number }): Promise<void> {
    await this.createTable(table);
    await this.#beforeStatement();
    if (rows > 0) await this.insertFile({ table: table.name, columns: table.columns }, { path, format: 'Native' });
    await rm(path, { force: true });
  }

  async findFile(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return this.#nodes.close();
  }

  get #isCluster(): boolean {
    return this.#nodes.layout.cluster !== undefined;
  }

  /** Whoever froze between two statements may find a table of that name that is not its own any more. */
  async #step(client: ClickHouseClient, signal: AbortSignal, query: string): Promise<void> {
    await this.#beforeStatement();
    await this.#send(client, signal, query);
  }

  async #send(
    client: ClickHouseClient,
    signal: AbortSignal,
    query: string,
    { params = {}, options = {} }: { params?: Params; options?: QueryOptions } = {},
  ): Promise<void> {
    const result = await attempt(() =>
      client.exec({ query, ...bodyOf(params), abort_signal: signal, ...this.#about(options, WHOLE) }),
    );
    await attempt(() => drain(result.stream));
  }

  async #read<Row>(
    client: ClickHouseClient,
    signal: AbortSignal,
    { sql, params = {}, options = {} }: { sql: string; params?: Params; options?: QueryOptions },
  ): Promise<Row[]> {
    const query = `${sql} FORMAT JSONEachRow`;
    const result = await attempt(() =>
      client.exec({ query, ...bodyOf(params), abort_signal: signal, ...this.#about(options, WHOLE) }),
    );
    const text = await attempt(() => textOf(result.stream));
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
  }

  async *#blocks(query: string, params: Params, options: QueryOptions): AsyncIterable<Uint8Array> {
    const { answer, signal, end } = await this.#nodes.begin((client, abort_signal) =>
      client.exec({ query, ...bodyOf(params), abort_signal, ...this.#about(options) }),
    );
    try {
      yield* answer.stream as AsyncIterable<Uint8Array>;
    } catch (thrown) {
      throw signal.aborted ? new EngineError('engine_unavailable') : engineErrorOf(thrown);
    } finally {
      end();
    }
  }

  #about(
    options: QueryOptions,
    settings: ClickHouseSettings = {},
  ): { clickhouse_settings: ClickHouseSettings; query_id?: string } {
    const tag = this.#tagOf();
    const distributed_product_mode = options.join === 'colocated' ? 'local' : 'global';
    return {
      clickhouse_settings: { ...this.#nodes.settings, distributed_product_mode, ...settings },
      ...(tag === undefined ? {} : { query_id: `${tag}.${randomUUID()}` }),
    };
  }
}

/** A server that fails in the middle writes its complaint into the result; the complaint may quote a value and is dropped. */
function rowOf<Row>(line: string): Row {
  try {
    return JSON.parse(line) as Row;
  } catch {
    throw new EngineError('query_failed');
  }
}

/** The answer is held back until it is whole, so that a failure in the middle of it is told as one. */
const WHOLE: ClickHouseSettings = { wait_end_of_query: 1 };

/** Without values the statement itself is the body. */
function bodyOf(params: Params): Partial<ReturnType<typeof boundBody>> {
  return Object.keys(params).length === 0 ? {} : boundBody(params);
}

/** What could not even be sent keeps its own error, by which another node is tried. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw isConnectionError(thrown) ? thrown : engineErrorOf(thrown);
  }
}

async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream) {
    // The answer to an insert is empty; reading it to the end is what waits for the acknowledgement.
  }
}

async function textOf(stream: Readable): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of stream) blocks.push(block as Buffer);
  return Buffer.concat(blocks).toString('utf8');
}
