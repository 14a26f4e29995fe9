// The memory of a process and all it started, as Linux tells it: peers that work in several processes are measured like
// those that work in one. Elsewhere it is unknown.
import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 200;

/** Looks at regular intervals until it is stopped, and answers the largest sum seen in megabytes. */
export function watchMemory(root: number): () => number | null {
  let peakKb: number | null = null;
  const look = () => {
    const now = treeKb(root);
    if (now !== null) peakKb = Math.max(peakKb ?? 0, now);
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    return peakKb === null ? null : Math.round(peakKb / 1024);
  };
}

/** Pages that several processes hold are shared out among them, so that the sum counts each once. */
function treeKb(root: number): number | null {
  try {
    const parents = new Map(
      readdirSync('/proc')
        .filter(isPid)
        .map((pid) => [Number(pid), parentOf(pid)]),
    );
    let sum = 0;
    for (const pid of parents.keys()) if (descends(pid, root, parents)) sum += proportionalKb(pid);
    return sum;
  } catch {
    return null;
  }
}

function isPid(name: string): boolean {
  return /^\d+$/.test(name);
}

function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
  return false;
}

function proportionalKb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** Empty for a process that ended meanwhile or is another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
