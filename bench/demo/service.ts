// The real service in a process of its own, in a folder of its own, on ports the system picked.
import { join } from 'node:path';
import { type Child, runChild, startChild } from './child.ts';

export interface Service {
  readonly url: string;
  readonly adminToken: string;
  readonly dataFolder: string;
  readonly child: Child;
}

const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const STARTING_PATIENCE_MS = 60_000;

/** Deliveries to the sandbox on this machine are allowed; nothing else differs from `npm start`. */
export async function startService(folder: string): Promise<Service> {
  const dataFolder = join(folder, 'ecluse-data');
  const flags = {
    'data-dir': dataFolder,
    port: '0',
    'operations-port': '0',
    'allow-private-destinations': 'true',
    'log-level': 'warn',
  };
  const args = [MAIN, 'serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])];
  const child = startChild('the service', args, { cwd: folder, env: withoutSettings(process.env) });
  try {
    const url = await child.prints(/(http:\/\/127\.0\.0\.1:\d+)/, STARTING_PATIENCE_MS);
    const token = await child.prints(/token\W+([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i, STARTING_PATIENCE_MS);
    return { url: url[1]!, adminToken: token[1]!, dataFolder, child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** The whole log recomputed from its leaves, with the service off. */
export async function logIsWhole(dataFolder: string): Promise<boolean> {
  const args = [MAIN, 'audit', 'fsck', '--data-dir', dataFolder];
  const { code } = await runChild(args, { cwd: dataFolder, env: withoutSettings(process.env) });
  return code === 0;
}

/** The caller's own settings of a service must not reach the one of the demo. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ECLUSE_')));
}
