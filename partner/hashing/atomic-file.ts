// An output that appears whole or not at all: written beside its place, readable by its owner alone, synced, then renamed.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CommandError } from '../command-error.ts';
import { errnoOf } from './input-file.ts';

export interface Output {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export async function openAtomicFile(path: string): Promise<Output> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  let handle: FileHandle;
  try {
    handle = await open(partial, 'wx', 0o600);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    async write(bytes) {
      try {
        await handle.appendFile(bytes);
      } catch (cause) {
        throw unwritable(path, cause);
      }
    },
    async commit() {
      try {
        await handle.sync();
        await close();
        await rename(partial, path);
      } catch (cause) {
        throw unwritable(path, cause);
      }
    },
    async discard() {
      await close().catch(() => {});
      await rm(partial, { force: true });
    },
  };
}

/** Standard output cannot be taken back; a reader that leaves early (head) ends the run. */
export function streamOutput(stream: NodeJS.WritableStream): Output {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (cause) => (cause ? reject(unwritable('standard output', cause)) : resolve()));
      }),
    commit: async () => {},
    discard: async () => {},
  };
}

function unwritable(path: string, cause: unknown): CommandError {
  return new CommandError('file_unwritable', `cannot write ${path}`, { cause, hint: errnoOf(cause) });
}
