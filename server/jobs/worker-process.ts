// The worker as a child process of the API: started again with a growing pause when it dies, ended with its parent.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';

const FIRST_PAUSE_MS = 200;
const GREATEST_PAUSE_MS = 30_000;
/** A worker that lived so long was not dying of its start. */
const STEADY_MS = 60_000;
const STOP_GRACE_MS = 10_000;

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export class WorkerProcess {
  readonly #log: Logger;
  readonly #argv: readonly string[];
  #child: ChildProcess | undefined;
  #isReady = false;
  #stopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;

  /** `argv`: the flags of the parent, which are the child's too. */
  constructor({ log, argv }: { log: Logger; argv: readonly string[] }) {
    this.#log = log;
    this.#argv = argv;
  }

  get isAlive(): boolean {
    return this.#isReady;
  }

  start(onStart: () => void): void {
    const startedMs = Date.now();
    onStart();
    const child = spawn(process.execPath, [MAIN, 'worker', '--child', ...this.#argv], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.once('message', () => {
      this.#isReady = true;
    });
    child.once('exit', (code, signal) => {
      this.#isReady = false;
      this.#child = undefined;
      if (this.#stopping) return;
      if (Date.now() - startedMs > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#log.error({ code, signal, pauseMs: this.#pauseMs }, 'the worker died; starting it again');
      this.#timer = setTimeout(() => this.start(onStart), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, GREATEST_PAUSE_MS);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await ended;
    clearTimeout(force);
  }
}
