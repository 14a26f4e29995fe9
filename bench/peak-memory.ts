// The most memory that a process has held. The system's own counter of a child begins with what its parent held when it started it,
// so where the kernel tells of the process's own memory, that is read.
import { readFileSync } from 'node:fs';

/** Peak of resident memory of this process, in bytes. */
export function peakMemoryBytes(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1_024;
  } catch {
    // A system without /proc.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
