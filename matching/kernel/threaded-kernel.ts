// A load's kernel in a worker thread: jobs that load beside each other use a core each, and the process that leases
// jobs stays awake while a file is read.
import { AsyncResource } from 'node:async_hooks';
import type { Worker } from 'node:worker_threads';
import type { FinishOptions, IncrementBase, Kernel, KernelRequest, KernelResult, Progress } from '../anonymise.ts';
import { BLOCK_BYTES } from '../limits.ts';
import { LoadFailure } from '../load-request.ts';
import { giveBack, takeThread } from './kernel-threads.ts';
import type { FromThread, ToThread } from './thread-messages.ts';
import type { TouchedPersons } from './touched-persons.ts';

/** Blocks on their way to the thread; enough that neither side waits, few enough to stay small. */
const MAX_UNTAKEN_BLOCKS = 4;

export class ThreadedKernel implements Kernel {
  readonly #worker: Worker;
  #untaken = 0;
  readonly #memory: ArrayBuffer[] = [];
  #onFile: FinishOptions['onFile'];
  #onProgress: Progress = () => {};
  #failure: unknown;
  #asked: { readonly records: string | undefined } | undefined;
  #touched: TouchedPersons | undefined;
  #result: KernelResult | undefined;
  #done = false;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(request: KernelRequest) {
    this.#worker = takeThread();
    // A kept thread speaks in the asynchronous context of the job that it was started for: what it tells is heard in this one's.
    this.#worker.on(
      'message',
      AsyncResource.bind((message: FromThread) => this.#receive(message)),
    );
    this.#worker.once('error', (error) => this.#fail(error));
    this.#worker.once('exit', () => this.#fail(new Error('the thread of a load ended early')));
    this.#post({ kind: 'load', request });
  }

  async readFile(blocks: AsyncIterable<Buffer>, onProgress: Progress): Promise<void> {
    this.#onProgress = onProgress;
    await this.#feed('file', blocks);
  }

  async takeStrings(blocks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#feed('strings', blocks);
  }

  async takeArchive(blocks: AsyncIterable<Uint8Array>, isIncrement = false): Promise<void> {
    await this.#feed(isIncrement ? 'increment' : 'archive', blocks);
  }

  async writeAskedRecords(): Promise<string | undefined> {
    this.#post({ kind: 'ask' });
    await this.#until(() => this.#asked !== undefined);
    return this.#asked?.records;
  }

  async findTouched(base: IncrementBase): Promise<TouchedPersons> {
    this.#post({ kind: 'touch', base });
    await this.#until(() => this.#touched !== undefined);
    return this.#touched as TouchedPersons;
  }

  async finish({ base, onFile }: FinishOptions): Promise<KernelResult> {
    this.#onFile = onFile;
    this.#post({ kind: 'finish', base });
    await this.#until(() => this.#result !== undefined);
    return this.#result as KernelResult;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const failed = this.#failure instanceof LoadFailure;
    if (failed) this.#post({ kind: 'abandon' });
    if (failed || this.#result !== undefined) await giveBack(this.#worker);
    else await this.#worker.terminate();
  }

  async #feed(kind: 'file' | 'strings' | 'archive' | 'increment', blocks: AsyncIterable<Uint8Array>): Promise<void> {
    this.#done = false;
    this.#post({ kind });
    for await (const block of blocks) {
      this.#untaken++;
      const memory = this.#filled(block);
      this.#worker.postMessage({ kind: 'block', memory, length: block.length } satisfies ToThread, [memory]);
      await this.#until(() => this.#untaken < MAX_UNTAKEN_BLOCKS);
    }
    this.#post({ kind: 'end' });
    await this.#until(() => this.#done);
  }

  // The thread hands memory back once it has taken a block: a new piece for each would be work for the garbage collector.
  #filled(block: Uint8Array): ArrayBuffer {
    const held = this.#memory.pop();
    const fits = held !== undefined && held.byteLength >= block.length;
    const memory = fits ? held : new ArrayBuffer(Math.max(block.length, BLOCK_BYTES));
    new Uint8Array(memory).set(block);
    return memory;
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  async #until(holds: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (holds()) return;
      await this.#changed.promise;
    }
  }

  #receive(message: FromThread): void {
    if (message.kind === 'progress') this.#onProgress(message);
    else if (message.kind === 'taken') this.#takeBack(message.memory);
    else if (message.kind === 'failed') this.#failure = new LoadFailure(message.code, message);
    else if (message.kind === 'written') this.#onFile?.(message.file);
    else if (message.kind === 'asked') this.#asked = message;
    else if (message.kind === 'touched') this.#touched = message.touched;
    else if (message.kind === 'finished') this.#result = message.result;
    else this.#done = true;
    this.#wake();
  }

  #takeBack(memory: ArrayBuffer): void {
    this.#untaken--;
    this.#memory.push(memory);
  }

  #fail(error: unknown): void {
    if (this.#result === undefined) this.#failure ??= error;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
