// Fifty people's tools reading from a service: each client has one kept connection and asks one thing after the other. Either it pauses
// between two reads, as somebody does who looks at what came, or it asks again at once, which is harder than any tool.
import { Agent, get } from 'node:http';

export interface ReadFigures {
  readonly clients: number;
  readonly pauseMs: number;
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ReadersOptions {
  readonly serviceUrl: string;
  readonly secret: string;
  /** Asked in turn, each client beginning at another. */
  readonly paths: readonly string[];
  readonly clients: number;
  readonly pauseMs: number;
}

export interface Readers {
  /** From here on reads count: before it connections open and the service compiles what it had never run. */
  count(): void;
  stop(): Promise<ReadFigures>;
}

interface Run {
  counts: boolean;
  ended: boolean;
}

/** Reads until it is stopped; a latency is from asking to the last byte of the answer. Anything but 200 ends the benchmark. */
export function startReaders(options: ReadersOptions): Readers {
  const { clients, pauseMs } = options;
  let started = performance.now();
  const run: Run = { counts: false, ended: false };
  const reading = Array.from({ length: clients }, (_, client) => readOn(options, { client, run }));
  // A client that fails is heard of when the readers are stopped.
  for (const latencies of reading) latencies.catch(() => undefined);
  const count = () => {
    started = performance.now();
    run.counts = true;
  };
  const stop = async () => {
    run.ended = true;
    const seconds = (performance.now() - started) / 1000;
    const latencies = (await Promise.all(reading)).flat().sort((a, b) => a - b);
    const [p50Ms, p99Ms] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
    return {
      clients,
      pauseMs,
      count: latencies.length,
      perSecond: Math.round(latencies.length / seconds),
      p50Ms,
      p99Ms,
    };
  };
  return { count, stop };
}

async function readOn(
  { serviceUrl, secret, paths, clients, pauseMs }: ReadersOptions,
  { client, run }: { client: number; run: Readonly<Run> },
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies: number[] = [];
  // People do not sit down in the same millisecond; tools that never pause may.
  await new Promise((resolve) => setTimeout(resolve, (pauseMs * client) / clients));
  for (let turn = client; !run.ended; turn++) {
    const started = performance.now();
    await read(new URL(paths[turn % paths.length] ?? '/', serviceUrl), { agent, secret });
    if (run.counts) latencies.push(performance.now() - started);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  agent.destroy();
  return latencies;
}

function read(url: URL, { agent, secret }: { agent: Agent; secret: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent, headers: { authorization: `Bearer ${secret}` } }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`${url.pathname} was answered ${answer.statusCode}`));
      });
    });
    asked.once('error', reject);
  });
}

function percentile(sorted: readonly number[], part: number): number {
  return Math.round((sorted[Math.floor(sorted.length * part)] ?? Number.NaN) * 10) / 10;
}
