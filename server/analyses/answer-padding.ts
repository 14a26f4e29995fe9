// Time and size of an answer come in classes so wide that neither tells how many persons were counted.
import { PADDED_BYTES, PADDED_MS } from './limits.ts';

/** The next class, each twice the one before. */
export function paddedTo(measured: number, smallest: number): number {
  let size = smallest;
  while (size < measured) size *= 2;
  return size;
}

/** What is still to be waited so that the whole time is that of its class. */
export function waitMs(elapsedMs: number): number {
  return paddedTo(elapsedMs, PADDED_MS) - elapsedMs;
}

/** The answer with as much padding as makes its JSON as long as its class. */
export function padded<T extends object>(answer: T): T & { padding: string } {
  const { length } = JSON.stringify({ ...answer, padding: '' });
  return { ...answer, padding: ' '.repeat(paddedTo(length, PADDED_BYTES) - length) };
}
