// Asks witnesses to cosign a checkpoint (c2sp.org/tlog-witness), all beside each other, until the policy's quorum is there.
// A witness that has seen more than we have, or another tree, shows that an older backup was restored.
import { AuditError } from '../../audit/audit-error.ts';
import { openCheckpoint } from '../../audit/checkpoint.ts';
import type { Hash } from '../../audit/merkle.ts';
import type { VerifierKey } from '../../audit/note-key.ts';
import { parseNote } from '../../audit/signed-note.ts';
import { isQuorumMet, type WitnessPolicy } from '../../audit/witness-policy.ts';
import { formatAddCheckpoint, parseSizeAnswer } from '../../audit/witness-request.ts';
import { LATE_WITNESS_MS, MAX_WITNESS_ANSWER_BYTES, WITNESS_ATTEMPTS, WITNESS_TIMEOUT_MS } from './limits.ts';

type Witness = WitnessPolicy['witnesses'][number];

export interface CosigningRequest {
  readonly policy: WitnessPolicy;
  readonly fetch: typeof fetch;
  readonly checkpoint: { readonly size: number; readonly note: string };
  /** The log's own key, under its name of now. */
  readonly logKey: VerifierKey;
  readonly proofFrom: (oldSize: number) => Promise<readonly Hash[]>;
  /** Of a log that was rolled back: what a witness that does not know its new name is shown. */
  readonly rollbackReceipt: () => Promise<string | undefined>;
}

export interface Cosigned {
  /** Note lines of the policy's witnesses, one each. */
  readonly lines: string;
  readonly isEnough: boolean;
  /** Of the witnesses that did not cosign, why: names and reasons for the operator. */
  readonly refusals: readonly WitnessRefusal[];
}

export interface WitnessRefusal {
  readonly witness: string;
  readonly reason: string;
  /** The size that it has cosigned, where that shows a rollback. */
  readonly seenSize?: number;
}

/** Which size each witness has cosigned last, so that most requests need one round trip. Only a hint: a witness says it itself. */
const lastSizes = new WeakMap<WitnessPolicy, Map<string, number>>();

export async function askWitnesses(request: CosigningRequest): Promise<Cosigned> {
  const lines: string[] = [];
  const cosigners: VerifierKey[] = [];
  const refusals: WitnessRefusal[] = [];
  const enough = Promise.withResolvers<void>();
  const asking = request.policy.witnesses.map(async (witness) => {
    try {
      lines.push(await cosignatureBy(witness, request));
      cosigners.push(witness.key);
      if (isQuorumMet(request.policy, cosigners)) enough.resolve();
    } catch (error) {
      refusals.push(refusalOf(witness, error));
    }
  });
  const all = Promise.all(asking);
  // Who is nearly done may still sign; who hangs is not waited for once there are enough.
  await Promise.race([all, enough.promise.then(() => new Promise((done) => setTimeout(done, LATE_WITNESS_MS)))]);
  const isEnough = isQuorumMet(request.policy, cosigners);
  return { lines: lines.toSorted().join(''), isEnough, refusals: [...refusals] };
}

async function cosignatureBy(witness: Witness, request: CosigningRequest): Promise<string> {
  const { policy, checkpoint } = request;
  const sizes = lastSizes.get(policy) ?? new Map<string, number>();
  lastSizes.set(policy, sizes);
  const known = `${witness.key.name} ${request.logKey.name}`;
  let oldSize = Math.min(sizes.get(known) ?? 0, checkpoint.size);
  let wasShown = false;
  for (let attempt = 1; ; attempt += 1) {
    const proof = oldSize === 0 ? [] : await request.proofFrom(oldSize);
    const body = formatAddCheckpoint({ oldSize, proof, checkpoint: checkpoint.note });
    const answer = await post(request, witness, { path: '/add-checkpoint', body });
    if (answer.status === 200) {
      const line = await verifiedLine(witness, request, answer.body);
      sizes.set(known, checkpoint.size);
      return line;
    }
    const size = answer.status === 409 ? parseSizeAnswer(answer.body) : undefined;
    if (size !== undefined && size > checkpoint.size) throw new WitnessAhead(size);
    if (answer.status === 422 && oldSize > 0) throw new WitnessAhead(oldSize);
    const receipt: string | undefined =
      answer.status === 404 && !wasShown ? await request.rollbackReceipt() : undefined;
    wasShown ||= receipt !== undefined;
    if (receipt !== undefined) await showRollback(witness, request, receipt);
    else if (size === undefined || attempt >= WITNESS_ATTEMPTS)
      throw new WitnessRefused(`answered ${answer.status}: ${answer.body.split('\n')[0]?.slice(0, 200)}`);
    oldSize = size ?? 0;
  }
}

async function showRollback(witness: Witness, request: CosigningRequest, receipt: string): Promise<void> {
  const shown = await post(request, witness, { path: '/add-rollback', body: receipt });
  if (shown.status !== 200)
    throw new WitnessRefused(`does not admit the log under its new name: ${shown.body.split('\n')[0]?.slice(0, 200)}`);
}

/** Only a signature by the very key that the policy names counts, whatever else is in the answer. */
async function verifiedLine(witness: Witness, request: CosigningRequest, answer: string): Promise<string> {
  const note = `${request.checkpoint.note}${answer}`;
  const verifierKeys = [request.logKey, witness.key];
  const { cosignedBy } = await openCheckpoint(note, { verifierKeys }).catch((error: unknown) => {
    if (error instanceof AuditError) throw new WitnessRefused('answered with a cosignature that is wrong');
    throw error;
  });
  if (cosignedBy.length === 0) throw new WitnessRefused('answered without a cosignature by the key of the policy');
  const start = parseNote(request.checkpoint.note).signatures.length;
  const at = parseNote(note).signatures.findIndex(({ name }, i) => i >= start && name === witness.key.name);
  return `${answer.split('\n')[at - start]}\n`;
}

async function post(
  request: CosigningRequest,
  witness: Witness,
  { path, body }: { path: string; body: string },
): Promise<{ status: number; body: string }> {
  if (witness.url === undefined) throw new WitnessRefused('has no URL in the policy');
  const url = `${witness.url.replace(/\/$/, '')}${path}`;
  const signal = AbortSignal.timeout(WITNESS_TIMEOUT_MS);
  const answer = await request.fetch(url, { method: 'POST', body, signal, redirect: 'error' }).catch((error: Error) => {
    throw new WitnessRefused(error.name === 'TimeoutError' ? 'did not answer in time' : 'cannot be reached');
  });
  const text = await answer.text().catch(() => '');
  if (text.length > MAX_WITNESS_ANSWER_BYTES) throw new WitnessRefused('answered too much');
  return { status: answer.status, body: text };
}

class WitnessRefused extends Error {}

class WitnessAhead extends Error {
  readonly size: number;
  constructor(size: number) {
    super(`has cosigned ${size} entries, and our log is not the one it saw`);
    this.size = size;
  }
}

function refusalOf({ name }: Witness, error: unknown): WitnessRefusal {
  if (error instanceof WitnessAhead) return { witness: name, reason: error.message, seenSize: error.size };
  return { witness: name, reason: error instanceof WitnessRefused ? error.message : 'could not be asked' };
}
