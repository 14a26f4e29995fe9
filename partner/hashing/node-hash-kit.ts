// Node's own fastest ways for the hashing of files: OpenSSL's digest in one call, text decoded in C++.
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { HashKit } from '../../identifiers/hashing/hash-kit.ts';

export const NODE_HASH_KIT: HashKit = {
  sha256Hex: (text) => hash('sha256', text, 'hex'),
  allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
  // What allocate gave is a Buffer, which alone writes a text without an encoder.
  writeSha256Hex: (bytes, out, at) => void (out as Buffer).write(hash('sha256', bytes, 'hex'), at, 'latin1'),
  isUtf8,
  textOf: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
};
