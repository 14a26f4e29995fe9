// Test fixture: one real ClickHouse node on loopback, started from the chdb package; it can be killed, stopped in its tracks and
// started again on the same ports and files, as nodes of a cluster are.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { libchdbPath } from 'chdb/libchdb';

export interface NodePlan {
  readonly folder: string;
  readonly http: number;
  readonly tcp: number;
  readonly configuration: string;
}

export interface NodeFixture {
  readonly url: string;
  readonly dataDir: string;
  /** Everything that the server logs, at level trace, as packages of ClickHouse do by default. */
  readonly logFile: string;
  /** While it runs. */
  pid(): number | undefined;
  start(): Promise<void>;
  /** As by kill -9: nothing is flushed. */
  kill(): Promise<void>;
  /** Alive to the kernel and silent to everyone else. */
  freeze(): void;
  thaw(): void;
}

const START_TIMEOUT_MS = 60_000;
/** A node serves as long as its list of queries runs; this one lasts longer than any test. */
const STAY_UP = 'SELECT sleep(3) FORMAT Null;\n'.repeat(2_000);

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function nodeFixture(plan: NodePlan): NodeFixture {
  const dataDir = join(plan.folder, 'data');
  const url = `http://127.0.0.1:${plan.http}`;
  let child: ChildProcess | undefined;
  return {
    url,
    dataDir,
    logFile: join(plan.folder, 'server.log'),
    pid: () => child?.pid,
    async start() {
      child = await spawnNode(plan, dataDir);
      await untilReady(url, child);
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

async function spawnNode({ folder, http, tcp, configuration }: NodePlan, dataDir: string): Promise<ChildProcess> {
  await mkdir(dataDir, { recursive: true });
  const config = join(folder, 'config.xml');
  const queries = join(folder, 'queries.sql');
  await writeFile(config, configuration);
  await writeFile(queries, `SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;\n${STAY_UP}`);
  const address = ['--listen_host=127.0.0.1', `--http_port=${http}`, `--tcp_port=${tcp}`];
  const files = ['--path', dataDir, '--config-file', config, '--queries-file', queries];
  const script = join(import.meta.dirname, 'node-fixture.py');
  // Its standard input is ours, so that it ends with this process however that ends.
  const child = spawn('python3', [script, libchdbPath(), ...address, ...files], { stdio: ['pipe', 'ignore', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const complaints: string[] = [];
  child.stderr?.on('data', (chunk) => complaints.push(String(chunk)));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const alive = await fetch(`${url}/ping`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive) return;
    await delay(50);
  }
  throw new Error(`a node did not start: ${complaints.join('').slice(0, 2_000)}`);
}
