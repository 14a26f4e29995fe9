// Fixtures of a destination, by the name of their case, and what a delivery of a few changes puts down beside them.
import { readFileSync } from 'node:fs';
import type { ActivationChange } from '../kit/activation-change.ts';
import { type Batch, type BatchRules, batchChanges } from '../kit/batches.ts';
import { type ConformanceWorld, deliverToEnd, FakeClock, inBatches, ProgressStore } from '../kit/conformance-world.ts';
import type { Destination } from '../kit/define-destination.ts';

/** `test` is the address of the test that lies beside the folder of fixtures. */
export const fixtureText = (test: string, name: string): string =>
  readFileSync(new URL(`fixtures/${name}`, test), 'utf8');

/** What two records are told, and one that leaves: its id needs quotes. */
export const THREE_CHANGES: readonly ActivationChange[] = [
  { id: '4713', change: 'add' },
  { id: '4711, Rue "A"', change: 'add' },
  { id: '4712', change: 'remove' },
];

/** The only batch of so few changes. */
export async function batchOf(changes: readonly ActivationChange[], rules: BatchRules): Promise<Batch> {
  for await (const batch of batchChanges(inBatches(changes), rules)) return batch;
  throw new Error('no change makes no batch');
}

/** A delivery that began at a known instant, to a sandbox. */
export function deliverThree(
  destination: Destination,
  world: Pick<ConformanceWorld, 'settings' | 'credentials'> & { exportRoot?: string },
) {
  const clock = new FakeClock();
  const exchange = { clock, subject: { destination } as never, world: world as ConformanceWorld };
  return deliverToEnd(exchange, new ProgressStore('dlv_1', clock), THREE_CHANGES);
}
