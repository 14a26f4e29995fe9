// The documentation is executed: every fenced block marked `sh execute` of a page runs, in order, in one shell.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const PAGES = ['README.md', 'docs/quickstart.md', 'docs/scaling.md', 'docs/console.md', ...recipes()];
const PAGE_PATIENCE_MS = 120_000;
const folders: string[] = [];

function recipes(): string[] {
  return readdirSync(join(ROOT, 'docs/recipes')).map((name) => `docs/recipes/${name}`);
}

/** The commands of a page that its author marked to be run. */
function executableBlocks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```sh execute\n([\s\S]*?)^```$/gm)].map(([, commands]) => commands!);
}

/** A folder that looks like the checkout, so that a page may write beside it without touching it. */
function trialFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-docs-'));
  folders.push(folder);
  for (const name of readdirSync(ROOT)) {
    if (!['.git', 'trial', 'ecluse-data', 'secrets'].includes(name)) symlinkSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

function run(script: string, cwd: string): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ECLUSE_'))),
      PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
      // Free ports, so that a page runs beside whatever the machine does already.
      ECLUSE_PORT: '0',
      ECLUSE_OPERATIONS_PORT: '0',
    };
    const shell = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd, env, detached: true });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const endGroup = () => {
      try {
        process.kill(-shell.pid!, 'SIGKILL');
      } catch {
        // Nobody was left.
      }
    };
    const impatience = setTimeout(endGroup, PAGE_PATIENCE_MS);
    shell.once('close', (code) => {
      clearTimeout(impatience);
      resolve({ code, said });
    });
    // A page that failed half-way may have left a service running in the shell's own process group.
    shell.once('exit', endGroup);
  });
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('a page of the documentation', () => {
  it.each(PAGES.filter((page) => executableBlocks(page).length > 0))('%s does what it says', async (page) => {
    expect(existsSync(join(ROOT, 'dist/ecluse-partner.mjs')), 'npm run build comes first').toBe(true);
    const { code, said } = await run(executableBlocks(page).join('\n'), trialFolder());
    expect(code, said).toBe(0);
  });

  it.each(PAGES)('%s links to files that exist', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target!);
    const missing = links.filter((target) => !existsSync(join(ROOT, page, '..', target)));
    expect(missing).toEqual([]);
  });
});

it('the README starts the demo and the tests with exactly these two commands', () => {
  const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
  expect(blocks.map(([, commands]) => commands!.trim())).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
});
