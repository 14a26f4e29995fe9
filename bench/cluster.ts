// `npm run bench -- cluster --rows N`: the same way from file to audience, on two shards started here; what each phase takes, what the
// shards keep on disk for a row, and how evenly the rows lie. Every figure is checked against the truth, as in `onboarding`.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClusterEngine } from '../matching/engine/cluster.ts';
import { type ClusterFixture, startCluster } from '../matching/engine/cluster-fixture.ts';
import { type PhaseSeconds, runEcluse } from './onboarding-ecluse.ts';
import { writeOnboardingFiles } from './onboarding-files.ts';

export interface ClusterBench {
  readonly rows: number;
  readonly shards: number;
  readonly seconds: PhaseSeconds;
  /** On disk, all shards together, by kind of table: bytes a row of one side. */
  readonly bytesPerRow: Readonly<Record<string, number>>;
  /** Rows of one contribution's keys on each shard. */
  readonly keysByShard: readonly number[];
  readonly peakNodeMb: readonly number[];
  /** Of the worker (here: this process) and of all nodes: steadier than wall time on a busy machine. */
  readonly cpuSeconds: { readonly worker: number; readonly nodes: number };
  readonly loadAverage: number;
}

export async function benchCluster({ rows, shards = 2 }: { rows: number; shards?: number }): Promise<ClusterBench> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-cluster-'));
  const cluster = await startCluster({ shards });
  try {
    await mkdir(join(folder, 'files'));
    const files = await writeOnboardingFiles(join(folder, 'files'), rows);
    const before = { worker: process.cpuUsage(), nodes: cpuOf(cluster) };
    const seconds = await runEcluse(files, folder, () => openClusterEngine(cluster));
    const { user, system } = process.cpuUsage(before.worker);
    const cpuSeconds = { worker: (user + system) / 1e6, nodes: cpuOf(cluster) - before.nodes };
    return {
      rows,
      shards,
      seconds,
      bytesPerRow: await bytesPerRow(cluster, rows),
      keysByShard: await keysByShard(cluster),
      peakNodeMb: cluster.nodes.map((node) => peakMbOf(node.pid())),
      cpuSeconds,
      loadAverage: loadavg()[0] ?? 0,
    };
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Both sides have a table of most kinds, so their bytes are shared by both. */
async function bytesPerRow(cluster: ClusterFixture, rows: number): Promise<Record<string, number>> {
  const sql = `SELECT concat(substring(table, 1, 3), substring(replace(table, '_local', ''), 31)) AS kind,
      sum(bytes_on_disk) AS bytes, uniqExact(table) AS tables
    FROM system.parts WHERE active AND database = 'default' GROUP BY kind ORDER BY kind FORMAT JSONEachRow`;
  const kinds = new Map<string, { bytes: number; tables: number }>();
  for (const { url } of cluster.nodes) {
    for (const row of await ask<{ kind: string; bytes: number | string; tables: number | string }>(cluster, url, sql)) {
      const bytes = (kinds.get(row.kind)?.bytes ?? 0) + Number(row.bytes);
      kinds.set(row.kind, { bytes, tables: Number(row.tables) });
    }
  }
  const shares = [...kinds].map(([kind, { bytes, tables }]) => [kind, Math.round((bytes / tables / rows) * 10) / 10]);
  return Object.fromEntries(shares);
}

async function keysByShard(cluster: ClusterFixture): Promise<number[]> {
  const sql = `SELECT sum(rows) AS n FROM system.parts WHERE active AND table LIKE 'con%1_keys_local' FORMAT JSONEachRow`;
  const counts = cluster.nodes.map(async ({ url }) => Number((await ask<{ n: number }>(cluster, url, sql))[0]?.n));
  return Promise.all(counts);
}

async function ask<Row>(cluster: ClusterFixture, url: string, sql: string): Promise<Row[]> {
  const headers = { 'x-clickhouse-user': cluster.user, 'x-clickhouse-key': cluster.password };
  const text = await (await fetch(url, { method: 'POST', body: sql, headers })).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}

function peakMbOf(pid: number | undefined): number {
  const status = pid === undefined ? '' : readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** proc_pid_stat(5): fields 14 and 15 are clock ticks, a hundred a second on Linux, in user and in system mode. */
function cpuOf(cluster: ClusterFixture): number {
  const ticks = cluster.nodes.map((node) => {
    const fields = readFileSync(`/proc/${node.pid()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}
