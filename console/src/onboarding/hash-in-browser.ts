// Hashes a file in this browser: one worker reads and writes, several hash. Nothing of the file leaves the machine by this.
import type { DatasetSchema } from '../../../identifiers/dataset-schema.ts';
import type { RejectedCell } from '../../../identifiers/hashing/hash-stream.ts';
import type { HashedFile, HashFault, HashNews, HashOrder, HashProgress } from './hash-words.ts';
import { forgetKept } from './kept-files.ts';
import { MAX_WORKERS } from './limits.ts';

export interface HashInBrowser {
  readonly file: File;
  readonly schema: DatasetSchema;
  readonly salt: string;
  readonly leftOut: readonly string[];
  readonly keptAs: string;
  onProgress(progress: HashProgress, rejects: readonly RejectedCell[]): void;
  onDone(hashed: HashedFile): void;
  onFault(fault: HashFault): void;
}

/** Answers how to cancel: the workers end at once, and what they wrote is deleted. Once it is done there is nothing to cancel. */
export function hashInBrowser({ onProgress, onDone, onFault, ...what }: HashInBrowser): () => void {
  const hashers = Array.from(
    { length: hashingWorkers() },
    () => new Worker(new URL('./chunk-worker.ts', import.meta.url), { type: 'module', name: 'hashing' }),
  );
  const reader = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module', name: 'reading' });
  let isOver = false;
  const end = (): void => {
    isOver = true;
    for (const worker of [reader, ...hashers]) worker.terminate();
  };
  const fail = (fault: HashFault): void => {
    end();
    void forgetKept(what.keptAs);
    onFault(fault);
  };
  const crashed = (): void => fail({ code: 'internal', message: 'a worker of this browser ended early' });
  for (const worker of [reader, ...hashers]) worker.onerror = crashed;
  reader.onmessage = ({ data }: MessageEvent<HashNews>) => {
    if (data.kind === 'progress') onProgress(data.progress, data.rejects);
    else if (data.kind === 'failed') fail(data.fault);
    else {
      end();
      onDone(data.hashed);
    }
  };
  const ports = hashers.map((worker) => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(port1, [port1]);
    return port2;
  });
  const order: HashOrder = { ...what, ports };
  reader.postMessage(order, ports);
  return () => {
    if (isOver) return;
    end();
    void forgetKept(what.keptAs);
  };
}

/** One core stays for the page, so that it answers meanwhile. */
function hashingWorkers(): number {
  return Math.min(MAX_WORKERS, Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1));
}
