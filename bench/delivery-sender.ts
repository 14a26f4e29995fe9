// Delivers so many made-up ids to a sandbox and tells how long it took and how much memory. A process of its own.
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { ActivationChange } from '../connectors/kit/activation-change.ts';
import type { Clock } from '../connectors/kit/clock.ts';
import { deliver } from '../connectors/kit/deliver.ts';
import { startProgress } from '../connectors/kit/progress.ts';
import { findDestination } from '../connectors/registry.ts';
import { release, unreleased } from '../policies/release.ts';
import { sampleRecordedAllow } from '../policies/testing/sample-decisions.ts';
import { peakMemoryBytes } from './peak-memory.ts';

interface Task {
  readonly kind: string;
  readonly rows: number;
  readonly settings: object;
  readonly credentials: object;
  readonly exportRoot?: string;
  /** Of the kind of id that the sandbox's settings send. */
  readonly sampleId?: string;
}

export interface SentFigures {
  readonly status: string;
  readonly added: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

const PART_ROWS = 10_000;

const task = JSON.parse(await text(process.stdin)) as Task;
const destination = findDestination(task.kind);
if (destination === undefined) throw new RangeError(`no destination ${task.kind}`);
const idAt = idsLike(task);
const changes = release(unreleased(additions()), sampleRecordedAllow());
const startedAt = performance.now();
const report = await deliver(destination, {
  settings: task.settings,
  credentials: task.credentials,
  changes,
  purpose: 'advertising',
  isWhole: destination.takesWholeAlone,
  progress: startProgress({ deliveryId: 'dlv_bench', startedAtMs: Date.now() }),
  network: { allowedAddresses: ['127.0.0.1/32', '::1/128'] },
  exportRoot: task.exportRoot,
  clock: unhurriedClock(),
  random: Math.random,
  signal: new AbortController().signal,
  save: async () => undefined,
});
const seconds = (performance.now() - startedAt) / 1_000;
const peakBytes = peakMemoryBytes();
process.stdout.write(
  JSON.stringify({ status: report.status, added: report.added, seconds, peakBytes } satisfies SentFigures),
);

async function* additions(): AsyncGenerator<ActivationChange[]> {
  for (let from = 0; from < task.rows; from += PART_ROWS) {
    const count = Math.min(PART_ROWS, task.rows - from);
    yield Array.from({ length: count }, (_, index) => ({ id: idAt(from + index), change: 'add' as const }));
  }
}

/** Waits that a platform's pace asks for are not counted: they are the platform's, not ours. */
function unhurriedClock(): Clock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    sleep: async (ms) => {
      aheadMs += ms;
    },
  };
}

function idsLike({ kind, sampleId }: Task): (index: number) => string {
  if (kind === 'xandr') return (index) => `400${1_000_000_000_000_000 + index}`;
  if (/^[0-9a-f]{64}$/.test(sampleId ?? '')) return (index) => sha256(index).digest('hex');
  if (/^[A-Za-z0-9+/]{43}=$/.test(sampleId ?? '')) return (index) => sha256(index).digest('base64');
  return (index) => `customer-${String(index).padStart(9, '0')}`;
}

function sha256(index: number) {
  return createHash('sha256').update(String(index));
}
