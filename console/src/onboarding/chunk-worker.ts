// A hashing worker: answers each chunk of bytes with the same chunk hashed, by the code of the command line.
import { chunkHasher, type HashChunk } from '../../../identifiers/hashing/chunk-hasher.ts';
import { portableHashKit } from '../../../identifiers/hashing/hash-kit.ts';
import type { ChunkAnswer, ChunkOrder } from './hash-words.ts';

addEventListener('message', ({ data: port }: MessageEvent<MessagePort>) => {
  let hashChunk: HashChunk | undefined;
  port.onmessage = ({ data }: MessageEvent<ChunkOrder>) => {
    if (!(data instanceof Uint8Array)) {
      hashChunk = chunkHasher(data, portableHashKit());
      return;
    }
    try {
      const chunk = hashChunk!(data);
      const { buffer, byteLength } = chunk.output;
      port.postMessage(chunk, byteLength === buffer.byteLength ? [buffer as ArrayBuffer] : []);
    } catch (cause) {
      // An unforeseen error's own message may quote data, so only its name is told.
      const answer: ChunkAnswer = { failed: cause instanceof Error ? cause.name : 'unknown' };
      port.postMessage(answer);
    }
  };
});
