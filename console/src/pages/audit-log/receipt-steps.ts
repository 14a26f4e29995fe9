// A receipt as the steps of its argument: event, leaf, each sibling on the way up, root, signed note. Needs nothing but its inputs, so it
// runs without a network. The verdict is audit/verify.ts's; the steps show where the argument breaks.
import { AuditError } from '../../../../audit/audit-error.ts';
import { bytesEqual, hexOf } from '../../../../audit/bytes.ts';
import { parseCheckpoint } from '../../../../audit/checkpoint.ts';
import { eventOf } from '../../../../audit/event.ts';
import { type Hash, inclusionRanges, leafHash, nodeHash } from '../../../../audit/merkle.ts';
import { parseProof, type TlogProof } from '../../../../audit/proof.ts';
import { parseNote } from '../../../../audit/signed-note.ts';
import type { Tick, TickName } from '../../../../audit/ticks.ts';
import { verifyReceipt } from '../../../../audit/verify.ts';
import { parseWitnessPolicy } from '../../../../audit/witness-policy.ts';

export interface ReceiptQuestion {
  /** The text of the `.tlog-proof`. */
  readonly receipt: string;
  /** The event as it was shown, in its canonical bytes; undefined for a receipt that comes alone. */
  readonly leaf: string | undefined;
  /** Of every name that the log had. */
  readonly verifierKeys: readonly string[];
  readonly witnessPolicy: string | null;
}

/** One sibling on the way up: hashed together with what came from below. */
export interface PathStep {
  readonly side: 'left' | 'right';
  readonly sibling: string;
  /** How many entries the sibling stands for. */
  readonly entries: number;
  /** What both are hashed to. */
  readonly result: string;
}

export type LinkName = 'receipt' | 'event' | 'path' | 'root' | 'signature' | 'witnesses';

/** Not reached: what comes before it broke, so that nothing can be said. */
export type LinkState = 'holds' | 'breaks' | 'unreached';

export interface Examination {
  readonly ok: boolean;
  readonly links: Readonly<Record<LinkName, LinkState>>;
  readonly ticks: readonly Tick[];
  /** The first link that breaks. */
  readonly broken: LinkName | undefined;
  readonly drawing: Drawing | undefined;
}

export interface Drawing {
  readonly index: number;
  readonly size: number;
  readonly origin: string;
  readonly leafHash: string;
  readonly path: readonly PathStep[];
  readonly computedRoot: string;
  readonly signedRoot: string;
  readonly signers: readonly string[];
}

export async function examineReceipt(question: ReceiptQuestion): Promise<Examination> {
  const read = readReceipt(question.receipt);
  if (read === undefined) return unreadable();
  const { verifierKeys, witnessPolicy } = question;
  const verified = await verifyReceipt({
    receipt: question.receipt,
    verifierKeys,
    ...(witnessPolicy === null ? {} : { witnessPolicy: parseWitnessPolicy(witnessPolicy) }),
  });
  const { drawing, leaf } = read;
  const failedTick = verified.ticks.find((tick) => !tick.ok)?.name;
  const links = {
    receipt: 'holds',
    event: state(isSameEvent(leaf, question.leaf)),
    path: state(drawing !== undefined),
    root: drawing === undefined ? 'unreached' : state(drawing.computedRoot === drawing.signedRoot),
    signature: state(failedTick !== 'signature'),
    witnesses: witnessesOf(failedTick, witnessPolicy),
  } as const;
  const broken = LINKS.find((link) => links[link] === 'breaks');
  const ok = verified.ok && broken === undefined;
  return { ok, links, ticks: verified.ticks, broken: broken ?? (ok ? undefined : 'event'), drawing };
}

const LINKS: readonly LinkName[] = ['receipt', 'event', 'path', 'root', 'signature', 'witnesses'];

/** Where no witness is asked there is nothing to hold or to break. */
function witnessesOf(failed: TickName | undefined, policy: string | null): LinkState {
  if (policy === null || failed === 'signature') return 'unreached';
  return state(failed !== 'quorum' && failed !== 'cosignature');
}

function state(holds: boolean): LinkState {
  return holds ? 'holds' : 'breaks';
}

function unreadable(): Examination {
  const links = Object.fromEntries(LINKS.map((link) => [link, link === 'receipt' ? 'breaks' : 'unreached']));
  return { ok: false, links: links as Examination['links'], ticks: [], broken: 'receipt', drawing: undefined };
}

/** Undefined for what is no receipt; no drawing for one whose hashes are not as many as its place in the tree asks for. */
function readReceipt(text: string): { leaf: Uint8Array | undefined; drawing: Drawing | undefined } | undefined {
  try {
    const receipt = parseProof(text);
    return { leaf: receipt.extra, drawing: drawingOf(receipt) };
  } catch (error) {
    if (error instanceof AuditError) return undefined;
    throw error;
  }
}

function drawingOf({ extra, index, proof, checkpoint: note }: TlogProof): Drawing | undefined {
  const { text, signatures } = parseNote(note);
  const { origin, size, root } = parseCheckpoint(text);
  if (extra === undefined || index >= size) return undefined;
  const ranges = inclusionRanges({ index, start: 0, end: size });
  if (ranges.length !== proof.length) return undefined;
  let hash: Hash = leafHash(extra);
  const leaf = hash;
  const path = ranges.map(({ start, end }, i): PathStep => {
    const sibling = proof[i]!;
    const side = start > index ? 'right' : 'left';
    hash = side === 'right' ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
    return { side, sibling: hexOf(sibling), entries: end - start, result: hexOf(hash) };
  });
  return {
    ...{ index, size, origin, path },
    leafHash: hexOf(leaf),
    computedRoot: hexOf(hash),
    signedRoot: hexOf(root),
    signers: signatures.map(({ name }) => name),
  };
}

/** The receipt must carry the very bytes that were shown, and they must be an event. */
function isSameEvent(carried: Uint8Array | undefined, shown: string | undefined): boolean {
  if (carried === undefined) return false;
  if (shown !== undefined && !bytesEqual(carried, new TextEncoder().encode(shown))) return false;
  try {
    eventOf(carried);
    return true;
  } catch (error) {
    if (error instanceof AuditError) return false;
    throw error;
  }
}
