// The entry of a thread of the kernel: loads, fed with blocks by messages, and tasks over files of keys, one after another.
// Each block is acknowledged once it is taken, so that a fast reader waits for a slow kernel.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { type KernelRequest, LoadKernel } from '../anonymise.ts';
import { LoadFailure } from '../load-request.ts';
import type { VersionFile } from '../version-files.ts';
import { joinKeyFiles } from './join-files.ts';
import { combineLayers } from './join-layers.ts';
import type { KernelTask } from './kernel-threads.ts';
import { countKeys } from './key-layers.ts';
import { rekeyKeyFile } from './rekey-file.ts';
import type { FromThread, ToThread } from './thread-messages.ts';
import { findHolders } from './touched-persons.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a thread');
const post = (message: FromThread, moved: ArrayBuffer[] = []) => port.postMessage(message, moved);

// A job leaves gigabytes behind that nobody would collect while the thread waits for the next one.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

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
    post({ kind: 'taken', memory: message.memory }, [message.memory]);
  }
}

async function load(request: KernelRequest): Promise<void> {
  const kernel = await LoadKernel.start(request);
  try {
    for (;;) {
      const message = await nextMessage();
      if (message.kind === 'file') {
        await kernel.readFile(blocks(), (progress) => post({ kind: 'progress', ...progress }));
      } else if (message.kind === 'archive' || message.kind === 'increment') {
        await kernel.takeArchive(blocks(), message.kind === 'increment');
      } else if (message.kind === 'strings') {
        await kernel.takeStrings(blocks());
      } else if (message.kind === 'ask') {
        post({ kind: 'asked', records: await kernel.writeAskedRecords() });
        continue;
      } else if (message.kind === 'touch') {
        post({ kind: 'touched', touched: await kernel.findTouched(message.base) });
        continue;
      } else {
        const base = message.kind === 'finish' ? message.base : undefined;
        const onFile = (file: VersionFile) => post({ kind: 'written', file });
        post({ kind: 'finished', result: await kernel.finish({ base, onFile }) });
        return;
      }
      post({ kind: 'done' });
    }
  } catch (thrown) {
    await kernel.close();
    if (!(thrown instanceof LoadFailure)) throw thrown;
    const { code, hint, row, field } = thrown;
    post({ kind: 'failed', code, hint, row, field });
    // Blocks that were on their way when the load failed are nobody's any more.
    while ((await nextMessage()).kind !== 'abandon');
  }
}

const TASKS: readonly string[] = ['rekey', 'join', 'combine', 'count', 'holders'] satisfies KernelTask['kind'][];

function isTask(message: ToThread): message is KernelTask {
  return TASKS.includes(message.kind);
}

async function run(task: KernelTask): Promise<void> {
  if (task.kind === 'rekey') post({ kind: 'result', result: await rekeyKeyFile(task) });
  else if (task.kind === 'count') post({ kind: 'result', result: countKeys(task) });
  else if (task.kind === 'holders') post({ kind: 'result', result: findHolders(task) });
  else {
    const result = task.kind === 'join' ? joinKeyFiles(task) : combineLayers(task);
    post({ kind: 'result', result }, [result.left.buffer as ArrayBuffer, result.right.buffer as ArrayBuffer]);
  }
}

for (;;) {
  const message = await nextMessage();
  if (message.kind === 'load') await load(message.request);
  else if (isTask(message)) await run(message);
  else throw new Error('a thread of the kernel was told something out of turn');
  collectGarbage();
}
