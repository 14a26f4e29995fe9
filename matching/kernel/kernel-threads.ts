// Threads of the kernel, kept between jobs: what a thread has compiled once is not compiled again. Idle ones do not keep
// the process alive.
import { Worker } from 'node:worker_threads';
import type { JoinedFiles, JoinTask } from './join-files.ts';
import type { CombineTask } from './join-layers.ts';
import type { CountedKeys, CountTask } from './key-layers.ts';
import type { RekeyedFile, RekeyTask } from './rekey-file.ts';
import type { FromThread } from './thread-messages.ts';
import type { HoldersTask } from './touched-persons.ts';

export type KernelTask = RekeyTask | JoinTask | CombineTask | CountTask | HoldersTask;

interface TaskResults {
  readonly rekey: RekeyedFile;
  readonly join: JoinedFiles;
  readonly combine: JoinedFiles;
  readonly count: CountedKeys;
  readonly holders: Uint32Array;
}

/** As many as a small machine has cores; more than these end with their job. */
const MAX_IDLE = 2;
const idle: Worker[] = [];

export function takeThread(): Worker {
  const thread = idle.pop() ?? startedThread();
  thread.ref();
  return thread;
}

/** Of a thread that waits for its next job; one that failed is ended instead. */
export async function giveBack(thread: Worker): Promise<void> {
  for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
  if (idle.length >= MAX_IDLE) {
    await thread.terminate();
    return;
  }
  thread.once('exit', () => {
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
  });
  thread.unref();
  idle.push(thread);
}

function startedThread(): Worker {
  // No flags of the process: some, such as --input-type, would keep a thread from starting.
  return new Worker(new URL('./kernel-thread.ts', import.meta.url), { execArgv: [] });
}

/** Runs one task in a thread. Throws what it threw. */
export async function runInThread<T extends KernelTask>(task: T): Promise<TaskResults[T['kind']]> {
  const thread = takeThread();
  const { promise, resolve, reject } = Promise.withResolvers<TaskResults[T['kind']]>();
  thread.on('message', (message: FromThread) => {
    if (message.kind === 'result') resolve(message.result as TaskResults[T['kind']]);
  });
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('a thread of the kernel ended early')));
  thread.postMessage(task);
  try {
    const result = await promise;
    await giveBack(thread);
    return result;
  } catch (thrown) {
    await thread.terminate();
    throw thrown;
  }
}
