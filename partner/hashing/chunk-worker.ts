// The worker's side: answers each chunk of bytes with the same chunk hashed, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { chunkHasher, type HashPlan } from '../../identifiers/hashing/chunk-hasher.ts';
import { sealerOf } from '../../identifiers/sealed-id.ts';
import { NODE_HASH_KIT } from './node-hash-kit.ts';

export async function answerChunks(): Promise<void> {
  const plan = (workerData as { hashPlan: HashPlan }).hashPlan;
  const hashChunk = chunkHasher(plan, NODE_HASH_KIT, plan.fileKey && (await sealerOf(plan.fileKey)));
  parentPort!.on('message', (bytes: Uint8Array) => {
    const chunk = hashChunk(bytes);
    const { buffer, byteLength } = chunk.output;
    const transfer = byteLength === buffer.byteLength ? [buffer as ArrayBuffer] : [];
    parentPort!.postMessage(chunk, transfer);
  });
}
