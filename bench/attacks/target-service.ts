// The service under attack: `ecluse serve` in a process of its own with its strict defaults, and the control, the same service
// with the test-only flag that takes noise, padding and difference checks away.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../demo/child.ts';
import { startChild } from '../demo/child.ts';
import { withoutSettings } from '../demo/service.ts';
import type { Address } from './attack.ts';

export interface Target extends Address {
  readonly adminToken: string;
  readonly isControl: boolean;
  readonly folder: string;
  readonly child: Child;
}

const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;
const STARTING_PATIENCE_MS = 60_000;

/** Padded answers wait rather than work, so that many jobs fit beside each other. */
const WORKER_CONCURRENCY = 24;

export async function startTarget(folder: string, { isControl }: { isControl: boolean }): Promise<Target> {
  mkdirSync(folder, { recursive: true });
  const flags = {
    'data-dir': join(folder, 'ecluse-data'),
    port: '0',
    'operations-port': '0',
    'allow-private-destinations': 'true',
    'log-level': 'warn',
    'worker-concurrency': String(WORKER_CONCURRENCY),
    ...(isControl ? { 'attack-control': 'true' } : {}),
  };
  const args = [MAIN, 'serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])];
  // Production refuses the control's flag; the service under attack gets no such permission.
  const { NODE_ENV: _, ...env } = withoutSettings(process.env);
  const child = startChild(isControl ? 'the control' : 'the service', args, {
    cwd: folder,
    env: isControl ? { ...env, NODE_ENV: 'test' } : env,
  });
  try {
    const url = await child.prints(/(http:\/\/127\.0\.0\.1:\d+)/, STARTING_PATIENCE_MS);
    const token = await child.prints(/token\W+([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i, STARTING_PATIENCE_MS);
    return { url: url[1]!, pid: child.process.pid!, adminToken: token[1]!, isControl, folder, child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
