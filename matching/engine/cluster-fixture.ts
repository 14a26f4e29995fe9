// Test fixture: two real shards on loopback, started from the chdb package, so that every matching test meets a cluster.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { libchdbPath } from 'chdb/libchdb';

export interface ClusterFixture {
  readonly urls: readonly string[];
  readonly cluster: string;
  /** Where the shards keep their files, one folder each. */
  readonly dataDirs: readonly string[];
  close(): Promise<void>;
}

const CLUSTER = 'ecluse_test';
const START_TIMEOUT_MS = 60_000;
/** A node serves as long as its list of queries runs; this one lasts longer than any test. */
const STAY_UP = 'SELECT sleep(3) FORMAT Null;\n'.repeat(2_000);

export async function startCluster(options: { shards: number } = { shards: 2 }): Promise<ClusterFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-cluster-'));
  const ports = await freePorts(options.shards * 2);
  const shards = Array.from({ length: options.shards }, (_, index) => ({
    dataDir: join(folder, `shard-${index + 1}`),
    http: ports[index * 2] as number,
    tcp: ports[index * 2 + 1] as number,
  }));
  const config = join(folder, 'config.xml');
  await writeFile(config, configuration(shards.map((shard) => shard.tcp)));
  const nodes = await Promise.all(shards.map((shard) => startNode({ ...shard, config })));
  const close = async () => {
    await Promise.all(nodes.map(stopNode));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(shards.map((shard, index) => untilReady(shard.http, nodes[index] as ChildProcess)));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const urls = shards.map((shard) => `http://127.0.0.1:${shard.http}`);
  return { urls, cluster: CLUSTER, dataDirs: shards.map((shard) => shard.dataDir), close };
}

function configuration(tcpPorts: readonly number[]): string {
  const replica = (port: number) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`;
  return `<clickhouse>
  <logger><level>none</level><console>0</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <remote_servers><${CLUSTER}>${tcpPorts.map(replica).join('')}</${CLUSTER}></remote_servers>
</clickhouse>
`;
}

async function startNode(shard: { dataDir: string; http: number; tcp: number; config: string }): Promise<ChildProcess> {
  const queriesFile = `${shard.dataDir}.sql`;
  await mkdir(shard.dataDir, { recursive: true });
  await writeFile(queriesFile, `SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;\n${STAY_UP}`);
  const address = [`--listen_host=127.0.0.1`, `--http_port=${shard.http}`, `--tcp_port=${shard.tcp}`];
  const files = ['--path', shard.dataDir, '--config-file', shard.config, '--queries-file', queriesFile];
  const script = join(import.meta.dirname, 'cluster-fixture.py');
  return spawn('python3', [script, libchdbPath(), ...address, ...files], { stdio: ['pipe', 'ignore', 'pipe'] });
}

async function stopNode(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const gone = new Promise((resolve) => node.once('exit', resolve));
  node.kill('SIGKILL');
  await gone;
}

async function untilReady(port: number, node: ChildProcess): Promise<void> {
  const complaints: string[] = [];
  node.stderr?.on('data', (chunk) => complaints.push(String(chunk)));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (node.exitCode !== null) break;
    const alive = await fetch(`http://127.0.0.1:${port}/ping`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive) return;
    await delay(50);
  }
  throw new Error(`a shard did not start: ${complaints.join('').slice(0, 2_000)}`);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
