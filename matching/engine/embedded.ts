// The embedded adapter: chDB inside this process. One process owns the data folder; its queries run one after another
// while the engine uses every core for each.
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { drainPending, Session } from 'chdb';
import type { Columns, Engine, EngineFile, Params, TableDefinition } from './engine.ts';
import { EngineError, engineErrorOf } from './engine.ts';
import { isPart, orphanedParts, partsOf, StackedTables } from './layered-tables.ts';
import { moveDurably } from './move-durably.ts';
import { assertTableName, columnList, ENGINE_SETTINGS, structureOf } from './settings.ts';
import { emptyStreamFolder, jsonRows, readAndRemove } from './streamed-file.ts';

export interface EmbeddedEngineOptions {
  readonly dataDir: string;
  /** The ceiling for one query; the engine spills or fails above it rather than the process being killed. */
  readonly maxMemoryBytes?: number;
}

export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  try {
    const streamFolder = `${options.dataDir}-streams`;
    await emptyStreamFolder(streamFolder);
    const engine = new EmbeddedEngine(new Session(options.dataDir), streamFolder);
    await engine.pin(options.maxMemoryBytes);
    await engine.dropOrphans();
    return engine;
  } catch (thrown) {
    throw engineErrorOf(thrown);
  }
}

class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly layered = new StackedTables(this);
  readonly #session: Session;
  readonly #streamFolder: string;

  constructor(session: Session, streamFolder: string) {
    this.#session = session;
    this.#streamFolder = streamFolder;
  }

  async pin(maxMemoryBytes: number | undefined): Promise<void> {
    const settings = Object.entries({ ...ENGINE_SETTINGS, max_memory_usage: maxMemoryBytes ?? 0 });
    await this.command(`SET ${settings.map(([name, value]) => `${name} = ${literal(value)}`).join(', ')}`);
  }

  async dropOrphans(): Promise<void> {
    for (const part of orphanedParts(await this.listAll())) await this.#drop(part);
  }

  async createTable(table: TableDefinition): Promise<void> {
    const settings = table.filledOnce ? ' SETTINGS max_bytes_to_merge_at_max_space_in_pool = 1' : '';
    await this.command(
      `CREATE TABLE ${assertTableName(table.name)} (${structureOf(table.columns)}) ENGINE = MergeTree ORDER BY (${table.orderBy.join(', ')})${settings}`,
    );
  }

  async dropTable(name: string): Promise<void> {
    await this.#drop(name);
    for (const part of partsOf(name, await this.listAll())) await this.#drop(part);
  }

  async #drop(name: string): Promise<void> {
    await this.command(`DROP TABLE IF EXISTS ${assertTableName(name)} SYNC`);
  }

  async replaceTable(name: string, replacement: string): Promise<void> {
    if (!(await this.listTables()).includes(assertTableName(replacement))) return;
    await this.dropTable(name);
    await this.command(`RENAME TABLE ${assertTableName(replacement)} TO ${name}`);
  }

  async listTables(): Promise<string[]> {
    return (await this.listAll()).filter((name) => !isPart(name));
  }

  async listAll(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
    );
    return rows.map((row) => row.name);
  }

  async command(sql: string, params: Params = {}): Promise<void> {
    await this.#run(sql, params, 'Null');
  }

  async query<Row>(sql: string, params: Params = {}): Promise<Row[]> {
    return parseRows<Row>(await this.#run(sql, params, 'JSONEachRow'));
  }

  async *stream<Row>(sql: string, params: Params = {}): AsyncIterable<Row[]> {
    yield* jsonRows<Row>(this.#streamed(sql, params, 'JSONEachRow'));
  }

  streamBinary(sql: string, params: Params = {}): AsyncIterable<Uint8Array> {
    return this.#streamed(sql, params, 'RowBinary');
  }

  async insertFile(target: { table: string; columns: Columns }, file: EngineFile): Promise<void> {
    await this.command(
      `INSERT INTO ${assertTableName(target.table)} (${columnList(target.columns)}) SELECT * FROM file({path:String}, {format:String}, {structure:String})`,
      { path: file.path, format: file.format, structure: structureOf(target.columns) },
    );
  }

  /** One process, one worker: whoever held the folder before is gone, and its statements with it. */
  async cancelTagged(): Promise<void> {}

  async adoptFile(table: TableDefinition, { path, rows }: { path: string; rows: number }): Promise<void> {
    if (rows === 0) {
      await this.createTable(table);
      return rm(path, { force: true });
    }
    await this.command(
      `CREATE TABLE ${assertTableName(table.name)} (${structureOf(table.columns)}) ENGINE = File(Native)`,
    );
    const own = await this.findFile(table.name);
    if (own === undefined) throw new EngineError('table_missing');
    await moveDurably(path, own);
  }

  async findFile(table: string): Promise<string | undefined> {
    const [row] = await this.query<{ data_paths: string[] }>(
      `SELECT data_paths FROM system.tables WHERE database = currentDatabase() AND name = {table:String} AND engine = 'File'`,
      { table },
    );
    return row?.data_paths[0];
  }

  async close(): Promise<void> {
    this.#session.close();
    await drainPending();
  }

  async #run(sql: string, params: Params, format: string): Promise<string> {
    if (!this.#session.open) throw new EngineError('engine_closed');
    try {
      return (await this.#session.queryBindAsync(sql, params, { format })).text();
    } catch (thrown) {
      throw engineErrorOf(thrown);
    }
  }

  async *#streamed(sql: string, params: Params, format: string): AsyncIterable<Uint8Array> {
    const path = join(this.#streamFolder, randomUUID());
    const into = 'INSERT INTO FUNCTION file({streamed_path:String}, {streamed_format:String})';
    await this.command(`${into} ${sql}`, { ...params, streamed_path: path, streamed_format: format });
    yield* readAndRemove(path);
  }
}

function parseRows<Row>(text: string): Row[] {
  const lines = text.split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value}'`;
}
