// What the conformance suite needs to know of a destination, and the ground it plays on: a clock without waiting, a store
// that can die, changes released by a genuine decision.
import { release, unreleased } from '../../policies/release.ts';
import { sampleRecordedAllow } from '../../policies/testing/sample-decisions.ts';
import type { ActivationChange } from './activation-change.ts';
import type { Clock } from './clock.ts';
import type { Destination } from './define-destination.ts';
import { type DeliverOptions, deliver } from './deliver.ts';
import type { Network } from './egress.ts';
import { DeliveryPostponed } from './errors.ts';
import { type DeliveryProgress, startProgress } from './progress.ts';
import type { DeliveryReport, Erasure } from './report.ts';

/** One genuine decision for the whole suite: making it reads the policy files. */
const allowed = sampleRecordedAllow();

/** Faults of the platform that a destination's sandbox can play; the suite tries each that is given. */
export interface WorldFaults {
  /** Passes by itself: a 5xx, a broken connection. */
  readonly retry?: readonly (() => void)[];
  /** "Slower", with a time of at least a second. */
  readonly throttle?: () => void;
  readonly authExpiry?: () => void;
  /** "Come back in an hour." */
  readonly quota?: () => void;
  /** Refused for good. */
  readonly permanent: () => void;
  /** The next `count` rows are rejected one by one; says under which code. */
  readonly rejectRows?: (ids: readonly string[]) => string;
}

export interface ConformanceWorld {
  readonly settings: Record<string, unknown>;
  readonly credentials: Record<string, unknown>;
  readonly exportRoot?: string;
  readonly network?: Pick<Network, 'maxRequestMs'>;
  readonly faults: WorldFaults;
  /** Whom the platform now has, by id, sorted. */
  members(): Promise<string[]>;
  /** How many requests or files the platform saw, in whatever unit. */
  traffic(): Promise<number>;
  close(): Promise<void>;
}

export interface ConformanceSubject {
  readonly destination: Destination;
  /** The nth valid id. */
  idAt(index: number): string;
  readonly invalidIds: readonly string[];
  /** What a request to erase comes to here; `removed_only` unless told. */
  readonly erasure?: Erasure;
  readonly invalidSettings: readonly { readonly change: Record<string, unknown>; readonly pointer: string }[];
  /** Settings under which a batch holds few rows, so that 100 ids make several. */
  start(clock: FakeClock): Promise<ConformanceWorld>;
}

export class FakeClock implements Clock {
  #nowMs = 1_900_000_000_000;
  readonly sleptMs: number[] = [];
  /** Runs once, in the next wait. */
  onSleep: (() => void) | undefined;
  now(): number {
    return this.#nowMs;
  }
  /** Yields for real, so that sockets get their turn. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleptMs.push(ms);
    this.#nowMs += ms;
    this.onSleep?.();
    this.onSleep = undefined;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export class Killed extends Error {}

/** Keeps the last progress as JSON, as a database would, and can die at the nth save, before or after storing it. */
export class ProgressStore {
  #stored: string;
  saves = 0;
  killAt: { readonly save: number; readonly when: 'before' | 'after' } | undefined;

  constructor(deliveryId: string, clock: Clock) {
    this.#stored = JSON.stringify(startProgress({ deliveryId, startedAtMs: clock.now() }));
  }

  get progress(): DeliveryProgress {
    return JSON.parse(this.#stored) as DeliveryProgress;
  }

  readonly save = async (progress: DeliveryProgress): Promise<void> => {
    this.saves++;
    const dies = this.killAt?.save === this.saves ? this.killAt.when : undefined;
    if (dies === 'before') throw new Killed();
    this.#stored = JSON.stringify(progress);
    if (dies === 'after') throw new Killed();
  };
}

export interface Exchange {
  readonly subject: ConformanceSubject;
  readonly world: ConformanceWorld;
  readonly clock: FakeClock;
}

export function deliverOptions(
  { subject, world, clock }: Exchange,
  store: ProgressStore,
  changes: readonly ActivationChange[],
): DeliverOptions {
  return {
    settings: world.settings,
    credentials: world.credentials,
    // As the service's: they are read again for the ids of letters.
    changes: release(unreleased({ [Symbol.asyncIterator]: () => inBatches(changes) }), allowed),
    progress: store.progress,
    network: { allowedAddresses: ['127.0.0.1/32'], ...world.network },
    exportRoot: world.exportRoot,
    isWhole: subject.destination.takesWholeAlone ?? false,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    save: store.save,
  };
}

/** As the job runner does: again after a kill or a postponement, from the stored progress. */
export async function deliverToEnd(
  exchange: Exchange,
  store: ProgressStore,
  changes: readonly ActivationChange[],
): Promise<DeliveryReport> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await deliver(exchange.subject.destination, deliverOptions(exchange, store, changes));
    } catch (error) {
      if (attempt > 10) throw error;
      if (error instanceof DeliveryPostponed) await exchange.clock.sleep(error.retryAfterMs);
      else if (!(error instanceof Killed)) throw error;
    }
  }
}

export async function* inBatches(changes: readonly ActivationChange[]): AsyncGenerator<ActivationChange[]> {
  for (let from = 0; from < changes.length; from += 7) yield changes.slice(from, from + 7);
}
