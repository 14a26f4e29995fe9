// The nodes of a cluster as this process reaches them: one client each, turns between them, and a watch while work is under way,
// so that a node which fell silent ends the work instead of holding it for an hour.
import { type ClickHouseClient, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { type ClusterLayout, layoutOf, type NodePlace, type NodeRow } from './cluster-layout.ts';
import { EngineError, engineErrorOf } from './engine.ts';
import { PING_EVERY_MS, PING_TIMEOUT_MS, PINGS_UNANSWERED } from './limits.ts';
import { CLUSTER_SETTINGS, ENGINE_SETTINGS, REPLICATED_SETTINGS } from './settings.ts';

export interface ClusterEngineOptions {
  /** Every node of the cluster, each replica of each shard once; one alone may be a server of its own. */
  readonly urls: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** The name under `remote_servers` in the servers' own configuration. */
  readonly cluster: string;
  /** PEM of who signed the nodes' certificates, for https; the system's authorities without it. */
  readonly caCertificate?: Uint8Array;
  readonly requestTimeoutMs?: number;
  /** Names the work that a statement is for, so that `cancelTagged` can end it from elsewhere. */
  readonly tagOf?: () => string | undefined;
  /** Asked before each statement of a change of tables, which takes several: throws where the work may not go on. */
  readonly beforeStatement?: (() => Promise<void>) | undefined;
}

interface Node {
  readonly client: ClickHouseClient;
  place: NodePlace | undefined;
  unanswered: number;
}

/** A result that is still being read. */
export interface Begun<T> {
  readonly answer: T;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

interface Work {
  readonly node: Node;
  readonly abort: AbortController;
}

export class ClusterNodes {
  readonly #nodes: readonly Node[];
  readonly #working = new Set<Work>();
  #layout: ClusterLayout | undefined;
  #turn = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: ClusterEngineOptions) {
    this.#nodes = options.urls.map((url) => ({ client: clientOf(url, options), place: undefined, unanswered: 0 }));
    // Several workers begin at different nodes, so that none answers all queries.
    this.#turn = Math.floor(Math.random() * this.#nodes.length);
  }

  /** Asks every node how the cluster stands. Throws EngineError. */
  async discover(cluster: string): Promise<void> {
    const asked = await Promise.all(this.#nodes.map(({ client }) => askNode(client, cluster)));
    const failed = asked.find((answer) => answer instanceof EngineError && answer.code !== 'engine_unavailable');
    if (failed instanceof EngineError) throw failed;
    this.#layout = layoutOf(
      cluster,
      asked.map((answer) => (answer instanceof EngineError ? undefined : answer)),
    );
    for (const [index, node] of this.#nodes.entries()) node.place = this.#layout.places[index];
  }

  get layout(): ClusterLayout {
    if (this.#layout === undefined) throw new EngineError('engine_unavailable');
    return this.#layout;
  }

  get settings(): ClickHouseSettings {
    const replicated = this.layout.replicated ? REPLICATED_SETTINGS : {};
    return { ...ENGINE_SETTINGS, ...CLUSTER_SETTINGS, ...replicated } as ClickHouseSettings;
  }

  /** On each node, one after the other. A node whose place is not known was away at the start: asked again first. */
  async onEvery(work: (client: ClickHouseClient, place: NodePlace, signal: AbortSignal) => Promise<unknown>) {
    if (this.#nodes.some(({ place }) => place === undefined)) await this.discover(this.layout.cluster ?? '');
    for (const node of this.#nodes) {
      const { place } = node;
      if (place === undefined) throw new EngineError('engine_unavailable');
      await this.#watched(node, (signal) => work(node.client, place, signal)).catch((thrown) => {
        throw isConnectionError(thrown) ? engineErrorOf(thrown) : thrown;
      });
    }
  }

  /** On one node; on the next one when it cannot even be reached, since then nothing was begun. */
  onOne<T>(work: (client: ClickHouseClient, signal: AbortSignal) => Promise<T>, spread = false): Promise<T> {
    if (spread) this.#turn += 1;
    return this.#onFirstReached((node) => this.#watched(node, (signal) => work(node.client, signal)));
  }

  /** For results that are read as a stream, from one node as `onOne` finds it: watched until `end`, which the reader calls. */
  async begin<T>(ask: (client: ClickHouseClient, signal: AbortSignal) => Promise<T>): Promise<Begun<T>> {
    return this.#onFirstReached(async (node) => {
      const work = this.#enter(node);
      const end = () => this.#leave(work);
      try {
        return { answer: await ask(node.client, work.abort.signal), signal: work.abort.signal, end };
      } catch (thrown) {
        end();
        throw work.abort.signal.aborted ? new EngineError('engine_unavailable') : thrown;
      }
    });
  }

  async #onFirstReached<T>(work: (node: Node) => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work(this.#next());
      } catch (thrown) {
        if (tried >= this.#nodes.length || !isUnreached(thrown)) throw engineErrorOf(thrown);
        this.#turn += 1;
      }
    }
  }

  /** The node whose turn it is; one that fell silent is passed over as long as another answers. */
  #next(): Node {
    const from = this.#turn % this.#nodes.length;
    const inTurn = [...this.#nodes.slice(from), ...this.#nodes.slice(0, from)];
    const node = inTurn.find((one) => !isSilent(one)) ?? inTurn[0];
    if (node === undefined) throw new EngineError('engine_unavailable');
    return node;
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    for (const { abort } of this.#working) abort.abort();
    await Promise.all(this.#nodes.map(({ client }) => client.close()));
  }

  async #watched<T>(node: Node, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const work = this.#enter(node);
    try {
      return await run(work.abort.signal);
    } catch (thrown) {
      if (work.abort.signal.aborted) throw new EngineError('engine_unavailable');
      throw thrown;
    } finally {
      this.#leave(work);
    }
  }

  #enter(node: Node): Work {
    const work = { node, abort: new AbortController() };
    this.#working.add(work);
    this.#watch ??= setInterval(() => void this.#look(), PING_EVERY_MS).unref();
    // A node that was gone a moment ago is asked at once, so that another attempt does not wait as long again.
    if (this.#nodes.some(isSilent)) void this.#look();
    return work;
  }

  #leave(work: Work): void {
    this.#working.delete(work);
    if (this.#working.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
    for (const node of this.#nodes) if (!isSilent(node)) node.unanswered = 0;
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#nodes.map(async (node) => {
        node.unanswered = (await isAnswering(node.client)) ? 0 : node.unanswered + 1;
      }),
    );
    const silent = new Set(this.#nodes.filter(isSilent));
    if (silent.size === 0) return;
    const shardIsAway = this.#nodes.some(({ place }) =>
      this.#nodes.every((n) => n.place?.shard !== place?.shard || silent.has(n)),
    );
    for (const { node, abort } of this.#working) if (shardIsAway || silent.has(node)) abort.abort();
  }
}

function isSilent({ unanswered }: Node): boolean {
  return unanswered >= PINGS_UNANSWERED;
}

function clientOf(url: string, options: ClusterEngineOptions): ClickHouseClient {
  return createClient({
    url,
    username: options.user ?? 'default',
    password: options.password ?? '',
    database: options.database ?? 'default',
    request_timeout: options.requestTimeoutMs ?? 3_600_000,
    // Statements share the sockets with the watch, which must not wait behind them.
    max_open_connections: 64,
    ...(options.caCertificate === undefined ? {} : { tls: { ca_cert: Buffer.from(options.caCertificate) } }),
    log: { LoggerClass: SilentLogger },
  });
}

/** The client logs failed queries with their text; nothing of ours may be written that way. */
class SilentLogger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

const NODES = `SELECT shard_num AS shard, replica_num AS replica, internal_replication, is_local
  FROM system.clusters WHERE cluster = {cluster:String} ORDER BY shard, replica`;

async function askNode(client: ClickHouseClient, cluster: string): Promise<NodeRow[] | EngineError> {
  try {
    const asked = { query: NODES, query_params: { cluster }, format: 'JSONEachRow' } as const;
    const result = await client.query({ ...asked, abort_signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    return await result.json<NodeRow>();
  } catch (thrown) {
    return engineErrorOf(thrown);
  }
}

async function isAnswering(client: ClickHouseClient): Promise<boolean> {
  const { success } = await client.ping({ select: false, abort_signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
  return success;
}

const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'];

/** What could not be sent or was cut off; anything else that is no error of the engine is a broken invariant of ours. */
export function isConnectionError(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code;
  return typeof code === 'string' && code.startsWith('E');
}

function isUnreached(thrown: unknown): boolean {
  return UNREACHED.includes(String((thrown as { code?: unknown }).code));
}
