// SHA-256: the machine's own where the program runs in Node, else in JavaScript, so that a browser verifies the same.
import { sha256 as sha256InJavaScript } from '@noble/hashes/sha2.js';

type HashNow = (algorithm: string, data: Uint8Array, encoding: 'buffer') => Uint8Array;

// Asked for by name rather than imported: this part also runs where there is no Node. Node 20.16 is the first that answers.
const { hash: hashNow } = (globalThis.process?.getBuiltinModule?.('node:crypto') ?? {}) as { hash?: HashNow };

export const sha256: (data: Uint8Array) => Uint8Array =
  hashNow === undefined
    ? sha256InJavaScript
    : (data) => {
        const { buffer, byteOffset, byteLength } = hashNow('sha256', data, 'buffer');
        return new Uint8Array(buffer, byteOffset, byteLength);
      };
