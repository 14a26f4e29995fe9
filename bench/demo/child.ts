// Child processes of the demo: started with what they need, their words kept for the case of a failure, ended politely.
import { type ChildProcess, spawn } from 'node:child_process';
import { DemoFailure } from './api.ts';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const GRACE_MS = 10_000;
const KEPT_CHARACTERS = 8_000;

/** Whatever ends the demo ends its processes. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends every process and waits for it: its own children and files are then gone too. */
export async function stopChildren(): Promise<void> {
  await Promise.all([...running].map(endPolitely));
}

async function endPolitely(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}

export interface Child {
  readonly process: ChildProcess;
  /** What it said last, on both streams; shown when the demo fails. */
  said(): string;
  /** Resolves with the first match in what it prints. */
  prints(pattern: RegExp, patienceMs: number): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** A server of the demo. It runs on the same Node as the demo itself. */
export function startChild(
  name: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Child {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let said = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return {
    process: child,
    said: () => said,
    prints: (pattern, patienceMs) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => finish(() => reject(new DemoFailure(`${name} ${why}\n${said}`)));
        const timer = setTimeout(() => fail('did not come up'), patienceMs);
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          settle();
        };
        const look = () => {
          const found = pattern.exec(said);
          if (found) finish(() => resolve(found));
        };
        listeners.add(look);
        child.once('exit', (code) => fail(`ended with ${code}`));
        child.once('error', (error) => fail(error.message));
        look();
      }),
    stop: () => endPolitely(child),
  };
}

/** A command that runs to its end. */
export function runChild(args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}
