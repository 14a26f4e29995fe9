// Test fixture: real nodes on loopback, as one server, as shards or as copies of one shard, so that every matching test meets a
// cluster over HTTP and the native protocol between its nodes.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeFixture, nodeFixture } from './node-fixture.ts';

export interface ClusterFixture {
  readonly urls: readonly string[];
  readonly cluster: string;
  /** The user that a service logs in as. */
  readonly user: string;
  readonly password: string;
  readonly nodes: readonly NodeFixture[];
  /** Where the nodes keep their files, one folder each. */
  readonly dataDirs: readonly string[];
  close(): Promise<void>;
}

export interface ClusterPlan {
  readonly shards: number;
  /** Copies of each shard, each written to by the Distributed table, since replication of their own needs a Keeper. */
  readonly copies?: number;
  /** One server that knows of no cluster. */
  readonly alone?: boolean;
}

const CLUSTER = 'ecluse_test';
const USER = 'ecluse';
const PASSWORD = 'only-for-tests';

export async function startCluster(plan: ClusterPlan = { shards: 2 }): Promise<ClusterFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-cluster-'));
  const count = plan.shards * (plan.copies ?? 1);
  const ports = await freePorts(count * 2);
  const tcpPorts = ports.slice(count);
  const nodes: NodeFixture[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = join(folder, `node-${index + 1}`);
    await mkdir(own);
    await writeFile(join(own, 'users.xml'), USERS);
    const configuration = configurationOf(own, plan, tcpPorts);
    nodes.push(
      nodeFixture({ folder: own, http: ports[index] as number, tcp: tcpPorts[index] as number, configuration }),
    );
  }
  const close = async () => {
    for (const node of nodes) await node.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const dataDirs = nodes.map((node) => node.dataDir);
  return {
    urls: nodes.map(({ url }) => url),
    cluster: CLUSTER,
    user: USER,
    password: PASSWORD,
    nodes,
    dataDirs,
    close,
  };
}

/** `default` is who the node itself and its neighbours are; the service has a name and a password. */
const USERS = `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
    <${USER}><password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></${USER}>
  </users>
</clickhouse>
`;

function configurationOf(folder: string, { shards, copies = 1, alone = false }: ClusterPlan, tcp: number[]): string {
  const replica = (port: number) => `<replica><host>127.0.0.1</host><port>${port}</port></replica>`;
  const shard = (n: number) =>
    `<shard>${tcp
      .slice(n * copies, (n + 1) * copies)
      .map(replica)
      .join('')}</shard>`;
  const all = Array.from({ length: shards }, (_, n) => shard(n)).join('');
  return `<clickhouse>
  <logger><level>trace</level><log>${join(folder, 'server.log')}</log><console>0</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <users_config>${join(folder, 'users.xml')}</users_config>
  <query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>500</flush_interval_milliseconds></query_log>
  ${alone ? '' : `<remote_servers><${CLUSTER}>${all}</${CLUSTER}></remote_servers>`}
</clickhouse>
`;
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
