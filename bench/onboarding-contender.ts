// One contender of the onboarding benchmark in a process of its own, so that its peak memory is its own. Writes one
// JSON object on stdout.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runDuckdb } from './onboarding-duckdb.ts';
import { runEcluse } from './onboarding-ecluse.ts';
import { writeOnboardingFiles } from './onboarding-files.ts';
import { peakMemoryBytes } from './peak-memory.ts';

async function run(name: string, folder: string, rows: number): Promise<unknown> {
  if (name === 'files') return writeOnboardingFiles(folder, rows);
  const files = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8'));
  if (name === 'ecluse') return { seconds: await runEcluse(files, folder) };
  return runDuckdb(files, { folder, durable: name === 'duckdb-file' });
}

const [name = '', folder = '', rows = '0'] = process.argv.slice(2);
const before = process.cpuUsage();
const result = await run(name, folder, Number(rows));
const { user, system } = process.cpuUsage(before);
const cpuSeconds = Math.round((user + system) / 1000) / 1000;
const peakMemoryMb = Math.round(peakMemoryBytes() / 1024 / 1024);
process.stdout.write(JSON.stringify({ result, cpuSeconds, peakMemoryMb }), () => process.exit(0));
