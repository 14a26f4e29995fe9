// What consent strings add to a load: the same people without a column of TC strings, with one and the same string in every row, and
// with many distinct ones, of which each is decoded once. Every load has a process of its own; a wrong answer ends the run.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringOf, writeConsentFile } from './consent-files.ts';

interface MeasuredLoad {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
}

interface Added {
  readonly wallPercent: number;
  readonly cpuPercent: number;
}

export interface ConsentBenchResult {
  /** Loads of each file, of which the median by wall time is told. */
  readonly runs: number;
  readonly rows: number;
  readonly strings: number;
  readonly stringCharacters: number;
  readonly withoutColumn: MeasuredLoad;
  /** Every row with one and the same string: what its bytes cost. */
  readonly oneString: MeasuredLoad;
  readonly distinctStrings: MeasuredLoad;
  /** Distinct strings against a file without the column, which is a quarter as long. */
  readonly addedToNoColumn: Added;
  /** Distinct strings against the same bytes with one to decode. */
  readonly addedToOneString: Added;
  /** Of the machine, over a minute, before and after. */
  readonly loadAverage: readonly [number, number];
}

export async function benchConsent({ rows, strings }: { rows: number; strings: number }): Promise<ConsentBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ecluse-bench-consent-'));
  const quietness = () => Math.round((loadavg()[0] as number) * 10) / 10;
  const before = quietness();
  try {
    const texts = Array.from({ length: Math.min(strings, rows) }, (_, n) => stringOf(n));
    const withoutColumn = await measuredLoad(join(folder, 'without'), rows, []);
    const oneString = await measuredLoad(join(folder, 'one'), rows, texts.slice(0, 1));
    const distinctStrings = await measuredLoad(join(folder, 'distinct'), rows, texts);
    return {
      runs: RUNS,
      rows,
      strings: texts.length,
      stringCharacters: texts[0]?.length ?? 0,
      withoutColumn,
      oneString,
      distinctStrings,
      addedToNoColumn: added(distinctStrings, withoutColumn),
      addedToOneString: added(distinctStrings, oneString),
      loadAverage: [before, quietness()],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function added(to: MeasuredLoad, base: MeasuredLoad): Added {
  const percent = (longer: number, shorter: number) => Math.round((longer / shorter - 1) * 1000) / 10;
  return {
    wallPercent: percent(to.seconds, base.seconds),
    cpuPercent: percent(to.cpuSeconds, base.cpuSeconds),
  };
}

/** The disk stalls one load or another for seconds. */
const RUNS = 3;

/** Written, loaded and removed one after another: ten million rows with strings are six gigabytes. */
async function measuredLoad(folder: string, rows: number, texts: readonly string[]): Promise<MeasuredLoad> {
  await mkdir(folder, { recursive: true });
  const file = await writeConsentFile(join(folder, 'people.csv'), rows, texts);
  await writeFile(join(folder, 'file.json'), JSON.stringify(file));
  const program = join(import.meta.dirname, 'consent-contender.ts');
  const loads: MeasuredLoad[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, folder]);
    loads.push(JSON.parse(stdout) as MeasuredLoad);
    for (const made of ['engine', 'scratch']) await rm(join(folder, made), { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
  return loads.sort((one, other) => one.seconds - other.seconds)[Math.floor(RUNS / 2)] as MeasuredLoad;
}
