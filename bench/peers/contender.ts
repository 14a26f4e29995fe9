// One peer in a process of its own. Writes one JSON object on stdout.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runDuckdb } from '../onboarding-duckdb.ts';
import { runEcluse } from '../onboarding-ecluse.ts';
import type { OnboardingFiles } from '../onboarding-files.ts';
import { joinByCoreutils } from './coreutils.ts';
import type { PeerName } from './peer.ts';

type Run = (files: OnboardingFiles, folder: string) => Promise<{ seconds: number; version: string }>;

// Peers are loaded when they are asked for: their bindings are no part of each other's memory.
const RUNS: Readonly<Record<PeerName, Run>> = {
  ecluse: async (files, folder) => ({ seconds: (await runEcluse(files, folder)).total, version: '' }),
  'duckdb-memory': (files, folder) => runDuckdb(files, { folder, durable: false }),
  'duckdb-file': (files, folder) => runDuckdb(files, { folder, durable: true }),
  'duckdb-keyed': (files, folder) => runDuckdb(files, { folder, durable: true, keyed: true }),
  postgres: async (files, folder) => (await import('./postgres.ts')).joinInPostgres(files, folder),
  sqlite: async (files, folder) => (await import('./sqlite.ts')).joinInSqlite(files, folder),
  coreutils: async (files, folder) => joinByCoreutils(files, folder),
  psi: async (files, folder) => (await import('./psi.ts')).intersectPrivately(files, folder),
};

const [name = '', folder = ''] = process.argv.slice(2);
const run = RUNS[name as PeerName];
if (run === undefined) throw new Error('name a peer');
const files = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8')) as OnboardingFiles;
const result = await run(files, folder);
process.stdout.write(JSON.stringify(result), () => process.exit(0));
