// The worker lets others go first: it shares its processors with the API, whose readers wait, while its jobs take minutes anyway.
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Before the engine starts: on Linux a thread has a priority of its own, which those that it starts inherit. */
export function lowerPriority(niceness: number): void {
  if (niceness === 0) return;
  for (const threadId of threadIds()) setPriority(threadId, niceness);
}

/** This process alone where the system does not tell its threads. */
function threadIds(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
