// Measures onboarding end to end, from two files to an audience, and beside it in the same run DuckDB doing the bare
// load and join of the same files. Every contender has a process of its own; wrong figures end the run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderBytes, withPeakBytes } from './folder-bytes.ts';
import type { PhaseSeconds } from './onboarding-ecluse.ts';
import type { OnboardingFiles } from './onboarding-files.ts';

export interface OnboardingBenchResult {
  readonly rows: number;
  readonly seconds: PhaseSeconds;
  readonly peakMemoryMb: number;
  /** User and system time of every thread: steadier than `seconds` where other programs run beside. */
  readonly cpuSeconds: number;
  /** Inputs and all; `stored` is what the engine keeps at the end. */
  readonly diskMb: { readonly inputs: number; readonly peak: number; readonly stored: number };
  readonly peers: readonly {
    name: string;
    version: string;
    seconds: number;
    cpuSeconds: number;
    peakMemoryMb: number;
  }[];
  /** Our total over that of `duckdb-file`, which is durable as we are; absent without peers. */
  readonly ratio?: number;
}

const PEERS = ['duckdb-file', 'duckdb-memory'] as const;

/** `alone`: without peers, for sizes that they need more than the machine for. */
export async function benchOnboarding({
  rows,
  alone,
}: {
  rows: number;
  alone: boolean;
}): Promise<OnboardingBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-onboarding-'));
  try {
    const files = await runContender<OnboardingFiles>('files', folder, rows);
    await writeFile(join(folder, 'files.json'), JSON.stringify(files.result));
    const inputs = await folderBytes(folder);
    const { result: own, peakBytes } = await withPeakBytes(folder, () =>
      runContender<{ seconds: PhaseSeconds }>('ecluse', folder, rows),
    );
    const stored = await folderBytes(join(folder, 'engine'));
    const diskMb = { inputs: megabytes(inputs), peak: megabytes(peakBytes), stored: megabytes(stored) };
    await rm(join(folder, 'engine'), { recursive: true, force: true });
    const peers: OnboardingBenchResult['peers'][number][] = [];
    for (const name of alone ? [] : PEERS) {
      const { result, cpuSeconds, peakMemoryMb } = await runContender<{ seconds: number; version: string }>(
        name,
        folder,
        rows,
      );
      peers.push({ name, version: result.version, seconds: rounded(result.seconds), cpuSeconds, peakMemoryMb });
    }
    const seconds = Object.fromEntries(
      Object.entries(own.result.seconds).map(([phase, value]) => [phase, rounded(value)]),
    ) as unknown as PhaseSeconds;
    const { cpuSeconds, peakMemoryMb } = own;
    const [first] = peers;
    const ratio = first === undefined ? {} : { ratio: rounded(seconds.total / first.seconds) };
    return { rows, seconds, cpuSeconds, peakMemoryMb, diskMb, peers, ...ratio };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runContender<T>(name: string, folder: string, rows: number) {
  const program = join(import.meta.dirname, 'onboarding-contender.ts');
  const child = spawn(process.execPath, [program, name, folder, String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(output) as { result: T; cpuSeconds: number; peakMemoryMb: number };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
