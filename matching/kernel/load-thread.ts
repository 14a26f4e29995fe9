// The other end of threaded-kernel.ts: runs a load's kernel in a thread of its own, fed with blocks by messages.
// Each block is acknowledged once it is taken, so that a fast reader waits for a slow kernel.
import { parentPort, workerData } from 'node:worker_threads';
import { type KernelRequest, LoadKernel } from '../anonymise.ts';
import { LoadFailure } from '../load-request.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a thread');
const post = (message: FromThread) => port.postMessage(message);

const waiting: ToThread[] = [];
let wake: (() => void) | undefined;
port.on('message', (message: ToThread) => {
  waiting.push(message);
  wake?.();
});

async function nextMessage(): Promise<ToThread> {
  while (waiting.length === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return waiting.shift() as ToThread;
}

async function* blocks(): AsyncGenerator<Buffer> {
  for (;;) {
    const message = await nextMessage();
    if (message.kind !== 'block') return;
    yield Buffer.from(message.memory, 0, message.length);
    port?.postMessage({ kind: 'taken', memory: message.memory } satisfies FromThread, [message.memory]);
  }
}

async function run(): Promise<void> {
  const kernel = await LoadKernel.start(workerData as KernelRequest);
  try {
    for (;;) {
      const { kind } = await nextMessage();
      if (kind === 'file') await kernel.readFile(blocks(), (progress) => post({ kind: 'progress', ...progress }));
      else if (kind === 'archive') await kernel.takeArchive(blocks());
      else break;
      post({ kind: 'done' });
    }
    post({ kind: 'finished', result: await kernel.finish() });
  } catch (thrown) {
    await kernel.close();
    if (!(thrown instanceof LoadFailure)) throw thrown;
    const { code, hint, row, field } = thrown;
    post({ kind: 'failed', code, hint, row, field });
  }
  port?.close();
}

await run();
