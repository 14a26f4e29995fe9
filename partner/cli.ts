#!/usr/bin/env node
// ecluse-partner: the partner's command line. Started as a worker thread, the same file hashes chunks.
import module from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { EXIT } from './exit-code.ts';
import { run } from './program.ts';

if (isMainThread) {
  // Partners run this on the Node they have; the cache came with Node 22.
  module.enableCompileCache?.();
  // The tus client parses its URLs by an old function of Node; what its authors have to mend is no message to a partner.
  process.noDeprecation = true;
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(EXIT.interrupted); // asked twice: at once, tidied or not
      interruption.abort();
    });
  }
  // A reader that leaves early (head) is no failure of ours to report at length; the write itself fails.
  process.stdout.on('error', () => {});
  process.exitCode = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signal: interruption.signal,
    programUrl: new URL(import.meta.url),
  });
  process.stdin.unref?.();
} else {
  const { answerChunks } = await import('./hashing/chunk-worker.ts');
  await answerChunks();
}
