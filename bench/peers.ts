// `npm run bench -- peers`: what a user would take instead, on the same two files in one run: seconds, memory, and what
// each does not do. Every peer has a process of its own; a wrong figure ends its row, not the run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOnboardingFiles } from './onboarding-files.ts';
import { PEERS, type Peer, type PeerName } from './peers/peer.ts';
import { watchMemory } from './peers/tree-memory.ts';

export interface PeerResult {
  readonly peer: PeerName;
  readonly what: string;
  readonly version: string;
  /** Rows a side. */
  readonly rows: number;
  /** Null when it could not run here. */
  readonly seconds: number | null;
  readonly peakMemoryMb: number | null;
  readonly doesNot: string;
}

export interface PeersBenchResult {
  readonly rows: number;
  /** Other work on the machine while the first peer started, so that a reader knows what the seconds are worth. */
  readonly loadAverage: number;
  readonly peers: readonly PeerResult[];
}

export async function benchPeers({ rows }: { rows: number }): Promise<PeersBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-peers-'));
  const loadAverage = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  try {
    const peers: PeerResult[] = [];
    for (const peer of PEERS) {
      const own = Math.min(rows, peer.maxRows ?? rows);
      const ownFolder = join(folder, String(own));
      await prepare(ownFolder, own);
      peers.push(await measure(peer, ownFolder, own));
    }
    return { rows, loadAverage, peers };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const prepared = new Set<string>();

async function prepare(folder: string, rows: number): Promise<void> {
  if (prepared.has(folder)) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'files.json'), JSON.stringify(await writeOnboardingFiles(folder, rows)));
  prepared.add(folder);
}

async function measure({ name, what, doesNot }: Peer, folder: string, rows: number): Promise<PeerResult> {
  const program = fileURLToPath(new URL('./peers/contender.ts', import.meta.url));
  const child = spawn(process.execPath, [program, name, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = watchMemory(child.pid ?? -1);
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [code] = await once(child, 'close');
  const peakMemoryMb = stop();
  if (code !== 0) {
    process.stderr.write(`${name} could not be measured:\n${complaint.trim().split('\n').slice(-6).join('\n')}\n`);
    return { peer: name, what, version: '', rows, seconds: null, peakMemoryMb: null, doesNot };
  }
  const { seconds, version } = JSON.parse(output) as { seconds: number; version: string };
  return { peer: name, what, version, rows, seconds: Math.round(seconds * 100) / 100, peakMemoryMb, doesNot };
}

/** One line a peer, as a person reads it. */
export function peersTable({ loadAverage, peers }: PeersBenchResult): string {
  const lines = peers.map((peer) => [
    peer.peer,
    peer.version,
    String(peer.rows),
    peer.seconds === null ? 'not run' : peer.seconds.toFixed(2),
    peer.peakMemoryMb === null ? '-' : String(peer.peakMemoryMb),
    peer.what,
    peer.doesNot,
  ]);
  const all = [['peer', 'version', 'rows a side', 'seconds', 'MB', 'what it did', 'what it does not do'], ...lines];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => (line[column] ?? '').length)));
  const text = all.map((line) =>
    line
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n\nLoad average when it began: ${loadAverage}.\n`;
}
