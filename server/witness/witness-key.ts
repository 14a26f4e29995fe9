// The witness's own Ed25519 key: made on first start, in its own folder, readable by its owner alone.
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';

const KEY_BYTES = 32;

/** Throws for a key file that others may read, or that holds no key: a new one would be another witness. */
export async function witnessKey(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'witness.key');
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) {
    const made = randomBytes(KEY_BYTES);
    await writeDurably(path, `${made.toString('base64')}\n`);
    return made;
  }
  if ((found.mode & 0o077) !== 0) throw new Error(`${path} can be read by others: chmod 600 it`);
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold a witness's key: restore it from its backup`);
  return key;
}
