// Hashes chunks on all cores and gives the results back in the order of the file.
// At most a few chunks are under way, so memory stays flat however large the file and however slow the disk.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { chunkHasher, type HashedChunk, type HashPlan } from '../../identifiers/hashing/chunk-hasher.ts';
import type { ChunkPool } from '../../identifiers/hashing/hash-stream.ts';
import { CHUNKS_PER_WORKER } from '../../identifiers/limits.ts';
import { sealerOf } from '../../identifiers/sealed-id.ts';
import { MAX_WORKERS, WORKER_HEAP } from '../limits.ts';
import { NODE_HASH_KIT } from './node-hash-kit.ts';

/** A pool without workers, for small files: starting threads would cost more than it saves. */
export async function inlinePool(plan: HashPlan): Promise<ChunkPool> {
  const hashChunk = chunkHasher(plan, NODE_HASH_KIT, plan.fileKey && (await sealerOf(plan.fileKey)));
  return { width: 1, hash: async (bytes) => hashChunk(bytes), close: async () => {} };
}

type Waiting = { resolve(chunk: HashedChunk): void; reject(cause: unknown): void };

/** `workerUrl` is a module that calls answerChunks when it is started as a worker: this program itself. */
export function workerPool(plan: HashPlan, workerUrl: URL, workers = defaultWorkers()): ChunkPool {
  const threads = Array.from({ length: workers }, () => startThread(plan, workerUrl));
  let next = 0;
  return {
    width: workers * CHUNKS_PER_WORKER,
    hash(bytes) {
      const thread = threads[next % threads.length]!;
      next += 1;
      return thread.hash(bytes);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

export function defaultWorkers(): number {
  return Math.min(MAX_WORKERS, Math.max(1, availableParallelism()));
}

function startThread(plan: HashPlan, workerUrl: URL) {
  const worker = new Worker(workerUrl, {
    workerData: { hashPlan: plan },
    env: {},
    argv: [],
    resourceLimits: WORKER_HEAP,
  });
  const waiting: Waiting[] = [];
  let failure: unknown;
  const fail = (cause: unknown): void => {
    failure ??= cause;
    for (const { reject } of waiting.splice(0)) reject(cause);
  };
  worker.on('message', (chunk: HashedChunk) => waiting.shift()?.resolve(chunk));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a worker ended early')));
  return {
    hash: (bytes: Uint8Array): Promise<HashedChunk> =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        // Parts of a larger buffer are copied; buffers of their own change hands without a copy.
        const whole = bytes.byteLength === bytes.buffer.byteLength;
        worker.postMessage(bytes, whole ? [bytes.buffer as ArrayBuffer] : []);
      }),
    close: () => worker.terminate(),
  };
}
