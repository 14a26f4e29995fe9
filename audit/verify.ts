// Offline verification, top-down as the argument runs: note signature, checkpoint, inclusion, event; then over time.
// Receipts, checkpoints and entries may come from the attacker; only the verifier keys are trusted.
import { AuditError } from './audit-error.ts';
import { bytesEqual, hexOf } from './bytes.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import { type AuditEvent, eventOf, leafOf } from './event.ts';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, rootOf } from './frontier.ts';
import { type Hash, leafHash } from './merkle.ts';
import { verifyConsistency, verifyInclusion } from './merkle-verify.ts';
import { parseHash, parseProof, type TlogProof } from './proof.ts';
import { failed, passed, type Tick } from './ticks.ts';
import { isQuorumMet, quorumText, type WitnessPolicy } from './witness-policy.ts';

/** The verifier keys of the log and of the witnesses one knows: `name+hex+base64`. The origin, unless it is the key's name. */
export interface Trust {
  readonly verifierKeys: readonly string[];
  readonly origin?: string;
  /** Whose cosignatures a checkpoint must carry; its keys are trusted as well. A checkpoint kept from earlier needs none. */
  readonly witnessPolicy?: WitnessPolicy;
}

export interface Verification {
  readonly ok: boolean;
  /** In the order of the argument; after the first failed tick nothing further is claimed. */
  readonly ticks: readonly Tick[];
}

export interface ReceiptVerification extends Verification {
  readonly checkpoint?: OpenedCheckpoint;
  readonly index?: number;
  readonly event?: AuditEvent;
}

/**
 * A receipt (`.tlog-proof`), with the event it is about or with the one it carries. Answers with failed ticks; throws
 * only `key_malformed`, for the caller's own keys.
 */
export async function verifyReceipt(
  options: Trust & { receipt: string; event?: AuditEvent },
): Promise<ReceiptVerification> {
  const ticks: Tick[] = [];
  try {
    const receipt = parseProof(options.receipt);
    const checkpoint = await openWitnessed(receipt.checkpoint, options, ticks);
    const leaf = leafOfReceipt(receipt, options.event);
    const { index, proof } = receipt;
    const claim = { leafHash: leafHash(leaf), index, size: checkpoint.size, root: checkpoint.root, proof };
    if (!verifyInclusion(claim)) throw new TickFailure(failed('inclusion', `leaf ${index} is not in the signed tree`));
    ticks.push(passed('inclusion', `leaf ${index} of ${checkpoint.size}`));
    const event = eventOfLeaf(leaf);
    ticks.push(passed('event', `${event.event} at ${event.instant}`));
    return { ok: true, ticks, checkpoint, index, event };
  } catch (error) {
    return { ok: false, ticks: [...ticks, tickOf(error)] };
  }
}

/** A checkpoint alone: who signed it, and who cosigned it. */
export async function verifyCheckpoint(
  options: Trust & { checkpoint: string },
): Promise<Verification & { checkpoint?: OpenedCheckpoint }> {
  const ticks: Tick[] = [];
  try {
    return { ok: true, ticks, checkpoint: await openWitnessed(options.checkpoint, options, ticks) };
  } catch (error) {
    return { ok: false, ticks: [...ticks, tickOf(error)] };
  }
}

/** The newer checkpoint's log has the older one's as its beginning. `proof`: the hashes, or their base64 lines. */
export async function verifyConsistencyBetween(
  options: Trust & { oldCheckpoint: string; newCheckpoint: string; proof: readonly (Hash | string)[] },
): Promise<Verification & { oldCheckpoint?: OpenedCheckpoint; newCheckpoint?: OpenedCheckpoint }> {
  const ticks: Tick[] = [];
  try {
    const oldCheckpoint = await openSigned(options.oldCheckpoint, options, ticks);
    const newCheckpoint = await openWitnessed(options.newCheckpoint, options, ticks);
    if (oldCheckpoint.origin !== newCheckpoint.origin)
      throw new TickFailure(failed('consistency', 'the checkpoints are of two logs'));
    const proof = options.proof.map((hash) => (typeof hash === 'string' ? parseHash(hash) : hash));
    const claim = {
      ...{ oldSize: oldCheckpoint.size, oldRoot: oldCheckpoint.root },
      ...{ newSize: newCheckpoint.size, newRoot: newCheckpoint.root },
      proof,
    };
    const sizes = `${oldCheckpoint.size} to ${newCheckpoint.size}`;
    if (!verifyConsistency(claim)) throw new TickFailure(failed('consistency', `not one log from size ${sizes}`));
    ticks.push(passed('consistency', `one log from size ${sizes}`));
    return { ok: true, ticks, oldCheckpoint, newCheckpoint };
  } catch (error) {
    return { ok: false, ticks: [...ticks, tickOf(error)] };
  }
}

export interface LogVerification extends Verification {
  readonly checkpoint?: OpenedCheckpoint;
  readonly root?: string;
  /** Pauses between two events longer than `silenceMs`; the heartbeat comes every hour while the service runs. */
  readonly silences: readonly { afterIndex: number; from: string; to: string }[];
}

/**
 * The whole log: every entry in order against a checkpoint, and against older checkpoints that one kept. Entries beyond
 * the checkpoint are refused, since nobody signed them.
 */
export async function verifyLog(
  options: Trust & {
    entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    checkpoint: string;
    keptCheckpoints?: readonly string[];
    silenceMs?: number;
  },
): Promise<LogVerification> {
  const ticks: Tick[] = [];
  const silences: { afterIndex: number; from: string; to: string }[] = [];
  try {
    const checkpoint = await openWitnessed(options.checkpoint, options, ticks);
    const kept: OpenedCheckpoint[] = [];
    for (const note of options.keptCheckpoints ?? []) kept.push(await openSigned(note, options, ticks));
    const silenceMs = options.silenceMs ?? 2 * 3_600_000;
    const frontier = await readEntries({ entries: options.entries, checkpoint, kept, silenceMs, silences });
    const root = rootOf(frontier);
    if (frontier.size !== checkpoint.size)
      throw new TickFailure(failed('completeness', `${frontier.size} of ${checkpoint.size} entries are here`));
    if (!bytesEqual(root, checkpoint.root))
      throw new TickFailure(failed('completeness', 'an entry was changed, left out or moved: the root differs'));
    ticks.push(passed('completeness', `all ${checkpoint.size} entries`));
    for (const older of kept)
      ticks.push(passed('consistency', `the checkpoint kept of size ${older.size} still holds`));
    return { ok: true, ticks, checkpoint, root: hexOf(root), silences };
  } catch (error) {
    return { ok: false, ticks: [...ticks, tickOf(error)], silences };
  }
}

async function readEntries(of: {
  entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  checkpoint: OpenedCheckpoint;
  kept: readonly OpenedCheckpoint[];
  silenceMs: number;
  silences: { afterIndex: number; from: string; to: string }[];
}): Promise<Frontier> {
  let frontier: Frontier = EMPTY_FRONTIER;
  let last: string | undefined;
  assertKept(of.kept, frontier);
  for await (const entry of of.entries) {
    if (frontier.size >= of.checkpoint.size)
      throw new TickFailure(failed('completeness', 'there are more entries than the checkpoint covers'));
    const { instant } = eventOfLeaf(entry);
    if (last !== undefined && Date.parse(instant) - Date.parse(last) > of.silenceMs)
      of.silences.push({ afterIndex: frontier.size - 1, from: last, to: instant });
    last = instant;
    frontier = appendLeaf(frontier, leafHash(entry)).frontier;
    assertKept(of.kept, frontier);
  }
  const unmet = of.kept.find((older) => older.size > frontier.size);
  if (unmet) throw new TickFailure(failed('consistency', `a kept checkpoint covers ${unmet.size} entries`));
  return frontier;
}

function assertKept(kept: readonly OpenedCheckpoint[], frontier: Frontier): void {
  for (const older of kept)
    if (older.size === frontier.size && !bytesEqual(older.root, rootOf(frontier)))
      throw new TickFailure(failed('consistency', `the log differs from the checkpoint kept of size ${older.size}`));
}

async function openSigned(note: string, trust: Trust, ticks: Tick[]): Promise<OpenedCheckpoint> {
  const { witnessPolicy, origin } = trust;
  const parties = [...(witnessPolicy?.logs ?? []), ...(witnessPolicy?.witnesses ?? [])];
  const verifierKeys = [...trust.verifierKeys, ...parties.map(({ key }) => key)];
  const checkpoint = await openCheckpoint(note, { verifierKeys, ...(origin === undefined ? {} : { origin }) });
  ticks.push(passed('signature', `${checkpoint.origin}, ${checkpoint.size} entries`));
  for (const { key, timestampSeconds } of checkpoint.cosignedBy)
    ticks.push(passed('cosignature', `${key.name} at ${timeText(timestampSeconds)}`));
  return checkpoint;
}

async function openWitnessed(note: string, trust: Trust, ticks: Tick[]): Promise<OpenedCheckpoint> {
  const checkpoint = await openSigned(note, trust, ticks);
  const { witnessPolicy } = trust;
  if (witnessPolicy?.quorum === undefined) return checkpoint;
  const cosigners = checkpoint.cosignedBy.map(({ key }) => key);
  const asked = quorumText(witnessPolicy.quorum);
  if (!isQuorumMet(witnessPolicy, cosigners))
    throw new TickFailure(
      failed('quorum', `the policy asks for ${asked}; ${cosigners.length} known witnesses cosigned`),
    );
  ticks.push(passed('quorum', asked));
  return checkpoint;
}

// An event given by the caller is what must be in the log; a receipt that carries another one contradicts itself.
function leafOfReceipt(receipt: TlogProof, event: AuditEvent | undefined): Uint8Array {
  if (event !== undefined) {
    const leaf = leafOf(event);
    if (receipt.extra === undefined || bytesEqual(receipt.extra, leaf)) return leaf;
    throw new TickFailure(failed('event', 'the receipt carries another event than the one given'));
  }
  if (receipt.extra === undefined) throw new TickFailure(failed('event', 'the receipt carries no event; give it'));
  return receipt.extra;
}

function eventOfLeaf(leaf: Uint8Array): AuditEvent {
  try {
    return eventOf(leaf);
  } catch (error) {
    if (error instanceof AuditError) throw new TickFailure(failed('event', error.message));
    throw error;
  }
}

function timeText(seconds: bigint | undefined): string {
  return seconds === undefined || seconds > 253_402_300_799n
    ? `${seconds}`
    : new Date(Number(seconds) * 1000).toISOString();
}

class TickFailure extends Error {
  readonly tick: Tick;
  constructor(tick: Tick) {
    super(tick.detail);
    this.tick = tick;
  }
}

// A key that cannot be read is the verifier's own mistake, and anything unforeseen is a fault: neither is a verdict.
function tickOf(error: unknown): Tick {
  if (error instanceof TickFailure) return error.tick;
  if (!(error instanceof AuditError) || error.code === 'key_malformed') throw error;
  if (error.code === 'proof_malformed') return failed('inclusion', error.message);
  if (error.code === 'event_invalid' || error.code === 'json_invalid') return failed('event', error.message);
  return failed('signature', error.message);
}
