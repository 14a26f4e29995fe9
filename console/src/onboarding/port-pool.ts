// The hashing workers as one pool: chunks go round, answers come back in the order they were asked.
import type { HashedChunk, HashPlan } from '../../../identifiers/hashing/chunk-hasher.ts';
import type { ChunkPool } from '../../../identifiers/hashing/hash-stream.ts';
import { CHUNKS_PER_WORKER } from '../../../identifiers/limits.ts';
import type { ChunkAnswer } from './hash-words.ts';

type Waiting = { resolve(chunk: HashedChunk): void; reject(cause: unknown): void };

export function portPool(ports: readonly MessagePort[], plan: HashPlan): ChunkPool {
  const hashers = ports.map((port) => hasherOf(port, plan));
  let next = 0;
  return {
    width: ports.length * CHUNKS_PER_WORKER,
    hash: (bytes) => hashers[next++ % hashers.length]!(bytes),
    close: async () => {
      for (const port of ports) port.close();
    },
  };
}

function hasherOf(port: MessagePort, plan: HashPlan): (bytes: Uint8Array) => Promise<HashedChunk> {
  const waiting: Waiting[] = [];
  port.onmessage = ({ data }: MessageEvent<ChunkAnswer>) => {
    const first = waiting.shift();
    if ('failed' in data) first?.reject(new Error(`a hashing worker failed (${data.failed})`));
    else first?.resolve(data);
  };
  port.postMessage(plan);
  return (bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      // Parts of a larger buffer are copied; buffers of their own change hands without a copy.
      const whole = bytes.byteLength === bytes.buffer.byteLength;
      port.postMessage(bytes, whole ? [bytes.buffer as ArrayBuffer] : []);
    });
}
