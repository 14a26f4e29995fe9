// The real service in a process of its own, with its workers, on ports the system picked.
import { type Child, type Ended, runChild, startChild } from './child.ts';
import type { Grounds } from './grounds.ts';

export interface Service {
  readonly url: string;
  readonly adminToken: string;
  /** What the service and its workers said last. */
  said(): string;
  stop(): Promise<void>;
}

const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const STARTING_PATIENCE_MS = 60_000;

/** Deliveries to the sandbox on this machine are allowed; nothing else differs from `npm start`. */
export async function startService(folder: string, grounds: Grounds): Promise<Service> {
  const flags = ['--port', '0', '--operations-port', '0', ...(grounds.workers > 0 ? ['--no-worker'] : [])];
  const options = { cwd: folder, env: settingsOf(grounds, { ECLUSE_LOG_LEVEL: 'warn' }) };
  const children = [startChild('the service', [MAIN, 'serve', ...flags], options)];
  const said = () => children.map((child) => child.said()).join('\n');
  const stop = async () => {
    // Workers first: they end what they are at, and the service still answers for it.
    for (const child of children.toReversed()) await child.stop();
  };
  try {
    const service = children[0] as Child;
    const url = await service.prints(/(http:\/\/127\.0\.0\.1:\d+)/, STARTING_PATIENCE_MS);
    const token = grounds.isSetUp
      ? []
      : await service.prints(/token\W+([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i, STARTING_PATIENCE_MS);
    for (let n = 1; n <= grounds.workers; n += 1) children.push(startChild(`worker ${n}`, [MAIN, 'worker'], options));
    return { url: url[1]!, adminToken: token[1] ?? '', said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The whole log recomputed from its leaves, with the service off. */
export async function logIsWhole(folder: string, grounds: Grounds): Promise<boolean> {
  return (await runCommand(folder, grounds, ['audit', 'fsck'])).code === 0;
}

/** Another command of the service, with its settings. */
export function runCommand(folder: string, grounds: Grounds, args: readonly string[]): Promise<Ended> {
  return runChild([MAIN, ...args], { cwd: folder, env: settingsOf(grounds, {}) });
}

export function settingsOf(grounds: Grounds, more: Record<string, string>): NodeJS.ProcessEnv {
  const trial = { ECLUSE_ALLOW_PRIVATE_DESTINATIONS: 'true' };
  return { ...withoutSettings(process.env), ...trial, ...grounds.settings, ...more };
}

/** The caller's own settings of a service must not reach the one of the demo. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ECLUSE_')));
}
