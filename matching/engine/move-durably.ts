// Moves or links a finished file to where it is kept, so that after a power cut it is there as a whole or not at all.
import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function moveDurably(from: string, to: string): Promise<void> {
  await synced(from);
  try {
    await rename(from, to);
  } catch (thrown) {
    if (!isOtherDisk(thrown)) throw thrown;
    await copyDurably(from, to);
    await rm(from, { force: true });
  }
  await synced(dirname(to));
}

/** One file under two names: nothing is copied, and either may go first. */
export async function linkDurably(from: string, to: string): Promise<void> {
  await synced(from);
  try {
    await link(from, to);
  } catch (thrown) {
    if (!isOtherDisk(thrown)) throw thrown;
    await copyDurably(from, to);
  }
  await synced(dirname(to));
}

async function copyDurably(from: string, to: string): Promise<void> {
  const beside = `${to}.part`;
  await copyFile(from, beside);
  await synced(beside);
  await rename(beside, to);
}

function isOtherDisk(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'EXDEV';
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
