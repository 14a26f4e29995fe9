// Delivers released changes: cut into batches, each sent under its idempotency key, platform jobs followed to their end.
// It may be killed at any instant and called again with the same changes and the last saved progress.
import { isReleased, type Released } from '../../policies/release.ts';
import type { ActivationChange } from './activation-change.ts';
import type { BatchLetter } from './batch-letter.ts';
import type { Clock } from './clock.ts';
import { type Destination, isAudienceChosen, validateSettings } from './define-destination.ts';
import { DeliveryRun } from './delivery-run.ts';
import { type Network, openEgress } from './egress.ts';
import { PermanentError } from './errors.ts';
import { keepLetters } from './keep-letters.ts';
import type { Pace } from './pacer.ts';
import { type DeliveryProgress, reportOf } from './progress.ts';
import type { DeliveryReport } from './report.ts';

export interface DeliverOptions {
  readonly settings: unknown;
  readonly credentials: unknown;
  readonly changes: Released<AsyncIterable<readonly ActivationChange[]>>;
  /** From startProgress for a new delivery, otherwise the last one saved. */
  readonly progress: DeliveryProgress;
  /** What the release was decided for: granted by every person among the changes. */
  readonly purpose?: string | undefined;
  /** The changes are the whole audience and not what is new; the same on every attempt. */
  readonly isWhole?: boolean | undefined;
  /** The changes name everybody because an operator's ids are due; the same on every attempt. */
  readonly isRemap?: boolean | undefined;
  readonly network: Network;
  /** The folder under which folder destinations may write. */
  readonly exportRoot?: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Of the destination, over all of its deliveries; each keeps its own pace without one. */
  readonly pacer?: Pace | undefined;
  save(progress: DeliveryProgress): Promise<void>;
  /** Told of rows that were not taken, once the delivery has ended: with their ids as the changes have them, or how many were never sent. */
  keepLetter?(letter: BatchLetter, ids: readonly string[]): void;
}

/** A removal needs no release of an audience: persons are taken out by a decision of its own. */
const DELIVERING_ACTIONS: ReadonlySet<string> = new Set(['audience:release', 'person:remove']);

/**
 * Resolves with a report, also when the platform refused for good. Rejects with SettingsError, with PermanentError
 * `unreleased`, with the signal's reason, or with DeliveryPostponed: call again after its `retryAfterMs`.
 */
export async function deliver(destination: Destination, options: DeliverOptions): Promise<DeliveryReport> {
  if (!isReleased(options.changes) || !DELIVERING_ACTIONS.has(options.changes.decision.decision.action)) {
    throw new PermanentError('unreleased', 'the changes were not released by a recorded decision');
  }
  const { settings, credentials } = validateSettings(destination, options);
  const { progress, clock, random, signal } = options;
  if (destination.takesWholeAlone && options.isWhole !== true && !progress.finished) {
    const failure = {
      code: 'rejected',
      message: 'this platform takes whole audiences alone: deliver with the mode full',
    };
    return reportOf({ ...progress, failure, finished: true });
  }
  const egress = openEgress({ network: options.network, hosts: destination.hosts(settings), signal });
  try {
    const { deliveryId: id, startedAtMs } = progress;
    const delivery = {
      id,
      startedAtMs,
      purpose: options.purpose,
      isWhole: options.isWhole ?? false,
      isRemap: options.isRemap ?? false,
    };
    const context = { egress, clock, random, signal, exportRoot: options.exportRoot, delivery };
    const client = destination.client({ settings, credentials, context });
    const rules = destination.batchRules(settings);
    const { removal } = destination;
    const limits = { ...destination.limits, ...destination.paceOf?.(settings) };
    const run = new DeliveryRun({ client, rules, limits, removesPersons: removal.supported, ...options });
    const released = releasedChanges(options.changes);
    const translator = destination.translator?.({ settings, credentials, context });
    const changes = translator?.translate(released) ?? released;
    const ended = progress.finished ? progress : await run.complete(changes).finally(() => client.close?.());
    const cutAgain = () => {
      const again = releasedChanges(options.changes);
      return translator?.translate(again) ?? again;
    };
    if (options.keepLetter !== undefined) await keepLetters({ keepLetter: options.keepLetter, cutAgain, rules, ended });
    const remapDueAtMs = translator?.dueAtMs();
    return { ...reportOf(ended), ...(remapDueAtMs === undefined ? {} : { remapDueAtMs }) };
  } finally {
    egress.close();
  }
}

/** A decision to remove lets nobody in. */
async function* releasedChanges({
  value,
  decision,
}: DeliverOptions['changes']): AsyncGenerator<readonly ActivationChange[]> {
  const isRemoval = decision.decision.action === 'person:remove';
  for await (const changes of value) {
    if (isRemoval && changes.some(({ change }) => change !== 'remove')) {
      throw new PermanentError('unreleased', 'a decision to remove was given for an addition');
    }
    yield changes;
  }
}

/** Resolves when address and credentials work; rejects with the DeliveryError otherwise. Sends no person. */
export async function testDestination(
  destination: Destination,
  options: Pick<DeliverOptions, 'settings' | 'credentials' | 'network' | 'exportRoot' | 'clock' | 'random' | 'signal'>,
): Promise<void> {
  const { settings, credentials } = validateSettings(destination, options, { audienceMayWait: true });
  const { clock, random, signal } = options;
  const egress = openEgress({ network: options.network, hosts: destination.hosts(settings), signal });
  try {
    const delivery = { id: 'test', startedAtMs: clock.now(), purpose: undefined, isWhole: false };
    const context = { egress, clock, random, signal, exportRoot: options.exportRoot, delivery };
    await destination.translator?.({ settings, credentials, context })?.test();
    const client = destination.client({ settings, credentials, context });
    // Before an audience is chosen there is none to look at: the list of them shows as much.
    const isChosen = isAudienceChosen(destination, options.settings);
    const trial = isChosen || client.audiences === undefined ? client.test() : client.audiences.list();
    await trial.finally(() => client.close?.());
  } finally {
    egress.close();
  }
}
