// Builds the console into dist/console, at once or only when it is missing or older than what it is made of.
// The new build takes the place of the old one whole, so a server beside it never serves half of one.
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['console/**/*.{ts,tsx,css,svg,html}', 'identifiers/**/*.ts', 'audit/*.ts', 'openapi/generated/api.ts'];

export const CONSOLE_FOLDER = fileURLToPath(new URL('../dist/console', import.meta.url));

export async function buildConsole(): Promise<void> {
  // A service that is only run has its build and not what makes it.
  const { build } = await import('vite');
  const fresh = `${CONSOLE_FOLDER}.${process.pid}`;
  const former = `${fresh}.former`;
  await build({
    configFile: fileURLToPath(new URL('./vite.config.ts', import.meta.url)),
    logLevel: 'warn',
    build: { outDir: fresh },
  });
  await mkdir(ROOT, { recursive: true });
  if (existsSync(CONSOLE_FOLDER)) await rename(CONSOLE_FOLDER, former);
  await rename(fresh, CONSOLE_FOLDER);
  await rm(former, { recursive: true, force: true });
}

/** Builds the console if it is missing or older than its sources; says whether it did. */
export async function ensureConsole(): Promise<boolean> {
  if (!isStale()) return false;
  await buildConsole();
  return true;
}

function isStale(): boolean {
  const index = new URL('../dist/console/index.html', import.meta.url);
  if (!existsSync(index)) return true;
  const builtAt = statSync(index).mtimeMs;
  return globSync(SOURCES, { cwd: ROOT }).some((path) => statSync(`${ROOT}/${path}`).mtimeMs > builtAt);
}

if (import.meta.main) {
  const built = process.argv.includes('--if-stale') ? await ensureConsole() : await buildConsole().then(() => true);
  if (built) process.stdout.write('dist/console\n');
}
