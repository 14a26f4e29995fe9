// The root key wraps every other key. For the embedded default it is made at first start, readable by its owner alone;
// it is backed up apart from the data, for a backup of both together protects nothing.
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export const ROOT_KEY_BYTES = 32;

/** Reads the key file, or makes it when `create` is set. Refuses a file that others may read. */
export function readRootKey(file: string, { create }: { create: boolean }): Uint8Array {
  if (create) createOnce(file);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new Error(`there is no root key file ${file}: head -c 32 /dev/urandom | base64 > ${file}; chmod 600 ${file}`);
  if ((stats.mode & 0o077) !== 0) throw new Error(`the root key file ${file} is open to others: chmod 600 it`);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== ROOT_KEY_BYTES)
    throw new Error(`the root key file ${file} must hold ${ROOT_KEY_BYTES} bytes in base64`);
  return key;
}

function createOnce(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  chmodSync(file, 0o600);
  writeSync(descriptor, `${randomBytes(ROOT_KEY_BYTES).toString('base64')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
}
