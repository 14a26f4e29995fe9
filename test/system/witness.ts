// Starts the real `ecluse witness` in a folder of its own, as somebody else's operator does.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from './service.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

export interface WitnessProcess {
  readonly name: string;
  readonly url: string;
  /** As it prints it for the policy. */
  readonly policyLine: string;
  readonly dir: string;
  output(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
  remove(): void;
}

export async function startWitness(options: {
  name: string;
  logKey: string;
  dir?: string;
  port?: string;
}): Promise<WitnessProcess> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'ecluse-witness-'));
  const flags = ['witness', '--name', `witness.example/${options.name}`, '--log', options.logKey, '--dir', dir];
  const child = spawn(process.execPath, [MAIN, ...flags, '--port', options.port ?? '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const found = await waitFor(() => /^ {2}(witness \S+ \S+ (\S+))$/m.exec(output) ?? undefined, {
    child,
    output: () => output,
  });
  return {
    name: options.name,
    url: found[2] ?? '',
    policyLine: found[1] ?? '',
    dir,
    output: () => output,
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
      return exited;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
