// Moves a finished file to where it is kept, so that after a power cut it is there as a whole or not at all.
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function moveDurably(from: string, to: string): Promise<void> {
  await synced(from);
  try {
    await rename(from, to);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EXDEV') throw thrown;
    const beside = `${to}.part`;
    await copyFile(from, beside);
    await synced(beside);
    await rename(beside, to);
    await rm(from, { force: true });
  }
  await synced(dirname(to));
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
