// Delivers released changes: cut into batches, each sent under its idempotency key, platform jobs followed to their end.
// It may be killed at any instant and called again with the same changes and the last saved progress.
import { isReleased, type Released } from '../../policies/release.ts';
import type { ActivationChange } from './activation-change.ts';
import type { BatchLetter } from './batch-letter.ts';
import { type BatchRules, batchChanges, rowCount } from './batches.ts';
import type { Clock } from './clock.ts';
import { type Destination, isAudienceChosen, validateSettings } from './define-destination.ts';
import { DeliveryRun } from './delivery-run.ts';
import { type Network, openEgress } from './egress.ts';
import { PermanentError } from './errors.ts';
import type { Pacer } from './pacer.ts';
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
  readonly network: Network;
  /** The folder under which folder destinations may write. */
  readonly exportRoot?: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Of the destination, over all of its deliveries; each keeps its own pace without one. */
  readonly pacer?: Pacer | undefined;
  save(progress: DeliveryProgress): Promise<void>;
  /** Told of each batch with rows that were not taken, once the delivery has ended: all ids of it, or how many were never sent. */
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
    const delivery = { id, startedAtMs, purpose: options.purpose, isWhole: options.isWhole ?? false };
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
    // An operator's ids are not those of the changes, and are not asked for again.
    if (translator === undefined) await keepLetters({ options, rules, ended });
    return reportOf(ended);
  } finally {
    egress.close();
  }
}

/** Cuts the changes again, as they were cut for sending, for the ids of the batches that have a letter. */
async function keepLetters(of: { options: DeliverOptions; rules: BatchRules; ended: DeliveryProgress }): Promise<void> {
  const { options, rules, ended } = of;
  const letters = ended.letters ?? [];
  if (options.keepLetter === undefined || (letters.length === 0 && ended.failure === null)) return;
  let unsent = 0;
  for await (const batch of batchChanges(releasedChanges(options.changes), rules)) {
    const letter = letters.find(({ kind, index }) => kind === 'rejected_rows' && index === batch.index);
    const isFailed = letters.some(({ kind, index }) => kind === 'failed_batch' && index === batch.index);
    if (batch.index >= ended.batchesSent && !isFailed) unsent += rowCount(batch);
    if (letter === undefined) continue;
    const ids: string[] = [];
    batch.forEach((id) => void ids.push(id));
    options.keepLetter(letter, ids);
  }
  for (const letter of letters) if (letter.kind !== 'rejected_rows') options.keepLetter(letter, []);
  if (unsent === 0) return;
  const codes = { [ended.failure?.code ?? 'not_sent']: unsent };
  options.keepLetter({ kind: 'not_sent', index: ended.batchesSent, codes, rows: unsent }, []);
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
