// The cipher of match keys: AES-256 of one block under a key of 32 bytes, many blocks a call. A permutation, so that a
// holder of both keys can carry a match key from one to the other; the engine computes the same.
import { createCipheriv } from 'node:crypto';
import { KEY_BYTES } from './digest-column.ts';

/** Encrypts the sixteen-byte blocks, each by itself. */
export function encryptBlocks(key: Uint8Array, blocks: Uint8Array): Buffer {
  if (key.length !== 32) throw new Error('a key of the engine has 32 bytes');
  if (blocks.length % KEY_BYTES !== 0) throw new Error('match keys are blocks of sixteen bytes');
  // ECB is the block permutation itself; equal digests must become equal match keys.
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const encrypted = cipher.update(blocks);
  cipher.final();
  return encrypted;
}

/** The words of a buffer of keys, for comparing four bytes at a time. */
export function wordsOf(blocks: Buffer): Uint32Array {
  if (blocks.byteOffset % 4 === 0) return new Uint32Array(blocks.buffer, blocks.byteOffset, blocks.length / 4);
  const aligned = new Uint8Array(blocks.length);
  aligned.set(blocks);
  return new Uint32Array(aligned.buffer);
}
