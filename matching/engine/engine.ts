// The engine behind one interface: ClickHouse SQL, embedded in the worker or on a cluster of shards.
// Callers write one SQL for both; values are bound, table names are built from ids alone, errors carry no SQL.

export type ParamValue = string | number | bigint | boolean | readonly string[] | readonly number[];
export type Params = Readonly<Record<string, ParamValue>>;

/** Column name to ClickHouse type, in the order of the table. */
export type Columns = Readonly<Record<string, string>>;

export interface TableDefinition {
  readonly name: string;
  readonly columns: Columns;
  /** Sorting key; empty when sorting costs more than the table is read. */
  readonly orderBy: readonly string[];
  /** Filled by one insert and never added to: merging its parts in the background would write every row a second time. */
  readonly filledOnce?: true;
  /** The column that places a row on a shard; rows that must meet in a local join share it. */
  readonly shardBy: 'match_key' | 'record_key' | 'person' | 'left_person' | 'right_person' | 'random';
}

export interface QueryOptions {
  /**
   * How tables meet on a cluster. `gathered` (the default) is right for any tables; `colocated` joins shard by shard
   * and is right only where every joined table is sharded by the joined column. Without meaning when embedded.
   */
  readonly join?: 'gathered' | 'colocated';
}

/** A file the engine reads in one go: the columns as they lie in the file, in the order of the file. */
export interface EngineFile {
  readonly path: string;
  readonly format: 'Native' | 'RowBinary';
}

export interface Engine {
  readonly kind: 'embedded' | 'cluster';
  createTable(table: TableDefinition): Promise<void>;
  /** Drops the table if it exists. */
  dropTable(name: string): Promise<void>;
  /** Puts `replacement` in the place of `name`; after a cut in the middle a second call ends the work. */
  replaceTable(name: string, replacement: string): Promise<void>;
  /** Names of every table, for sweeping what no published version owns. */
  listTables(): Promise<string[]>;
  command(sql: string, params?: Params, options?: QueryOptions): Promise<void>;
  query<Row>(sql: string, params?: Params, options?: QueryOptions): Promise<Row[]>;
  stream<Row>(sql: string, params?: Params, options?: QueryOptions): AsyncIterable<Row[]>;
  /** Blocks of the result in RowBinary; a row may be cut between two blocks. */
  streamBinary(sql: string, params?: Params, options?: QueryOptions): AsyncIterable<Uint8Array>;
  insertFile(target: { readonly table: string; readonly columns: Columns }, file: EngineFile): Promise<void>;
  /** Ends what still runs under this tag, on every node: what a worker that lost its lease may have left under way. */
  cancelTagged(tag: string): Promise<void>;
  /**
   * Makes a table of the rows of one Native file, which is gone afterwards. Embedded, the file itself becomes the table:
   * nothing is copied, sorted or compressed. For tables that are written once and read as a whole.
   */
  adoptFile(table: TableDefinition, file: { readonly path: string; readonly rows: number }): Promise<void>;
  /** The Native file that a table consists of, where it is one and lies on this machine; then it may be read beside the engine. */
  findFile(table: string): Promise<string | undefined>;
  /** Only where tables lie in files on this machine. */
  readonly layered?: LayeredTables;
  close(): Promise<void>;
}

/** What a table of two layers consists of, as names of tables; a table of one layer is its own base. */
export interface TableLayers {
  /** The id that owned the base when it was written: bases of one origin hold the same rows. */
  readonly origin: string;
  readonly base: string;
  readonly top: string | undefined;
  /** The persons whose rows of the base do not count. */
  readonly gone: string | undefined;
}

export interface LayersToStack {
  /** The table whose base becomes the base of the new one as well. */
  readonly under: string;
  /** A Native file, which is gone afterwards. */
  readonly top: { readonly path: string; readonly rows: number } | undefined;
  /** A Native file of persons, which is left alone; undefined where every row of the base counts. */
  readonly gonePath: string | undefined;
}

export interface LayeredTables {
  stack(table: TableDefinition, layers: LayersToStack): Promise<void>;
  /** Undefined where there is no such table. */
  find(table: string): Promise<TableLayers | undefined>;
}

export type EngineErrorCode =
  | 'engine_unavailable'
  | 'engine_closed'
  | 'cluster_unknown'
  | 'cluster_incomplete'
  | 'memory_limit'
  | 'time_limit'
  | 'table_missing'
  | 'file_unreadable'
  | 'query_failed';

/** The engine's own message may quote bound values, so only its number and a code of ours survive. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly engineCode: number | undefined;

  /** `hint` is for whoever configured the engine: it names settings, never a value. */
  constructor(code: EngineErrorCode, engineCode?: number, hint?: string) {
    super(
      `engine: ${code}${engineCode === undefined ? '' : ` (${engineCode})`}${hint === undefined ? '' : `: ${hint}`}`,
    );
    this.name = 'EngineError';
    this.code = code;
    this.engineCode = engineCode;
  }
}

const CODE_BY_ENGINE_CODE: Readonly<Record<number, EngineErrorCode>> = {
  27: 'file_unreadable',
  32: 'file_unreadable',
  33: 'file_unreadable',
  60: 'table_missing',
  107: 'file_unreadable',
  117: 'file_unreadable',
  159: 'time_limit',
  210: 'engine_unavailable',
  241: 'memory_limit',
  279: 'engine_unavailable',
  // Of copies that replicate: their Keeper is away, too few of them are there, or the one asked lags behind the acknowledged.
  225: 'engine_unavailable',
  242: 'engine_unavailable',
  254: 'engine_unavailable',
  285: 'engine_unavailable',
  286: 'engine_unavailable',
  289: 'engine_unavailable',
  319: 'engine_unavailable',
  999: 'engine_unavailable',
};

/** Reads the engine's number out of whatever was thrown and forgets the rest. */
export function engineErrorOf(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const facts = thrown as { clickhouseCode?: unknown; code?: unknown; message?: unknown };
  const number = engineNumber(facts);
  if (number !== undefined) return new EngineError(CODE_BY_ENGINE_CODE[number] ?? 'query_failed', number);
  if (facts.code === 'CHDB_CLOSED') return new EngineError('engine_closed');
  const unreachable = typeof facts.code === 'string' && /^E[A-Z]+$/.test(facts.code);
  return new EngineError(unreachable ? 'engine_unavailable' : 'query_failed');
}

function engineNumber(facts: { clickhouseCode?: unknown; code?: unknown; message?: unknown }): number | undefined {
  if (typeof facts.clickhouseCode === 'number') return facts.clickhouseCode;
  if (typeof facts.code === 'string' && /^\d+$/.test(facts.code)) return Number(facts.code);
  const quoted = typeof facts.message === 'string' ? /\bCode: (\d+)\./.exec(facts.message) : null;
  return quoted === null ? undefined : Number(quoted[1]);
}
