// Ten thousand tamperings of a signed and cosigned log, of the kinds that an owner of the machine could try: all are found.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { type AuditEvent, leafOf } from './event.ts';
import { consistencyProof, inclusionProof, leafHash, treeHash } from './merkle.ts';
import { verifierKeyOf, verifierKeyText } from './note-key.ts';
import { formatProof } from './proof.ts';
import { cosignatureLine, parseNote } from './signed-note.ts';
import { verifyConsistencyBetween, verifyLog, verifyReceipt } from './verify.ts';
import { parseWitnessPolicy, type WitnessPolicy } from './witness-policy.ts';

const TAMPERINGS = 10_000;
const KINDS = ['bit', 'delete', 'insert', 'reorder', 'truncate', 'wrong key', 'rollback', 'fork'] as const;
type Kind = (typeof KINDS)[number];

const SIZE = 24;
const KEPT = 17;
const LOG = { name: 'log.example', secretKey: new Uint8Array(32).fill(7) };
const THIEF = { name: 'log.example', secretKey: new Uint8Array(32).fill(8) };
const WITNESSES = [1, 2].map((n) => ({ name: `w${n}.example`, secretKey: new Uint8Array(32).fill(n) }));

const eventNumber = (i: number, detail = i): AuditEvent => ({
  id: `evt_${String(i).padStart(26, '0')}`,
  instant: new Date(Date.UTC(2026, 6, 1, 8, i)).toISOString(),
  tenantId: 'ten_00000000000000000000000001',
  actor: { kind: 'member', id: 'mem_00000000000000000000000001' },
  event: 'delivery.completed',
  outcome: 'succeeded',
  subject: { kind: 'delivery', id: `dlv_${i}` },
  detail: { added: detail },
});
const ENTRIES = Array.from({ length: SIZE }, (_, i) => leafOf(eventNumber(i)));

/** What a verifier is handed: the entries and their checkpoint, a receipt of one, and the growth since the checkpoint it kept. */
interface Handed {
  entries: Uint8Array[];
  checkpoint: string;
  receipt: string;
  proof: string;
}

let policy: WitnessPolicy;
let verifierKeys: string[];
let kept: string;
let handed: Handed;

/** Witnesses sign whatever they are given here: it is the verifier that is tested. */
async function note(entries: Uint8Array[], by = LOG): Promise<string> {
  const signed = await signCheckpoint({ origin: LOG.name, size: entries.length, root: rootOf(entries) }, [by]);
  const { text } = parseNote(signed);
  const lines = WITNESSES.map((witness) => cosignatureLine(text, { ...witness, timestampSeconds: 1_800_000_000n }));
  return signed + (await Promise.all(lines)).join('');
}

const rootOf = (entries: Uint8Array[]) => treeHash(entries.map(leafHash));

async function handedOf(entries: Uint8Array[], checkpoint: string): Promise<Handed> {
  const hashes = entries.map(leafHash);
  const index = 5;
  const receipt = formatProof({ extra: entries[index]!, index, proof: inclusionProof(hashes, index), checkpoint });
  const proof = entries.length <= KEPT ? [] : consistencyProof(hashes, KEPT);
  return { entries, checkpoint, receipt, proof: proof.map((hash) => Buffer.from(hash).toString('base64')).join('\n') };
}

/** Everything that a verifier with the log's key, a policy and one kept checkpoint would check. */
async function isAccepted({ entries, checkpoint, receipt, proof }: Handed): Promise<boolean> {
  const trust = { verifierKeys, witnessPolicy: policy };
  const newCheckpoint = checkpoint;
  const verdicts = await Promise.all([
    verifyLog({ ...trust, entries, checkpoint, keptCheckpoints: [kept] }),
    verifyReceipt({ ...trust, receipt, event: eventNumber(5) }),
    verifyConsistencyBetween({ ...trust, oldCheckpoint: kept, newCheckpoint, proof: proof.split('\n') }),
  ]);
  return verdicts.every(({ ok }) => ok);
}

beforeAll(async () => {
  verifierKeys = [verifierKeyText(await verifierKeyOf(LOG))];
  const keys = await Promise.all(WITNESSES.map((witness) => verifierKeyOf(witness, 'cosignature')));
  const lines = keys.map((key, i) => `witness w${i + 1} ${verifierKeyText(key)}`);
  policy = parseWitnessPolicy(`${lines.join('\n')}\ngroup both all w1 w2\nquorum both\n`);
  kept = await note(ENTRIES.slice(0, KEPT));
  handed = await handedOf(ENTRIES, await note(ENTRIES));
});

type Dice = (below: number) => number;
const flipped = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

function flipBit(dice: Dice): Handed {
  const place = (['entries', 'checkpoint', 'receipt', 'proof'] as const)[dice(4)]!;
  if (place === 'entries') {
    const at = dice(SIZE);
    const entries = handed.entries.with(at, flipped(handed.entries[at]!, dice(handed.entries[at]!.length * 8)));
    return { ...handed, entries };
  }
  const bytes = Buffer.from(handed[place]);
  // A verifier reads text: bytes that are no UTF-8 any more reach it as the replacement character.
  return { ...handed, [place]: Buffer.from(flipped(bytes, dice(bytes.length * 8))).toString('utf8') };
}

const otherEvent = (dice: Dice) => leafOf(eventNumber(dice(SIZE), 1_000 + dice(1_000_000)));

async function tamper(kind: Kind, dice: Dice): Promise<Handed> {
  const { entries } = handed;
  const at = dice(SIZE);
  switch (kind) {
    case 'bit':
      return flipBit(dice);
    case 'delete':
      return { ...handed, entries: entries.toSpliced(at, 1 + dice(3)) };
    case 'insert':
      return { ...handed, entries: entries.toSpliced(dice(SIZE + 1), 0, dice(2) ? entries[at]! : otherEvent(dice)) };
    case 'reorder': {
      const other = (at + 1 + dice(SIZE - 1)) % SIZE;
      return { ...handed, entries: entries.with(at, entries[other]!).with(other, entries[at]!) };
    }
    case 'truncate':
      return { ...handed, entries: entries.slice(0, dice(SIZE)) };
    case 'wrong key': {
      const forged = entries.with(at, otherEvent(dice));
      return handedOf(forged, await note(forged, THIEF));
    }
    case 'rollback': {
      // Signed and cosigned as it was then, and older than what the verifier has seen.
      const older = entries.slice(0, 6 + dice(KEPT - 6));
      return handedOf(older, await note(older));
    }
    case 'fork': {
      // The key's own holder signs another history, and even the witnesses fall for it.
      const forked = entries.with(dice(KEPT), otherEvent(dice));
      return handedOf(forked, await note(forked));
    }
  }
}

test('untouched, all of it is accepted', async () => {
  expect(await isAccepted(handed)).toBe(true);
});

test(`${TAMPERINGS} random tamperings: every one is found`, async () => {
  const tried: Record<Kind, number> = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  const tampering = fc.tuple(fc.constantFrom(...KINDS), fc.array(fc.nat(), { minLength: 6, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(tampering, async ([kind, numbers]) => {
      let next = 0;
      const dice: Dice = (below) => numbers[next++ % numbers.length]! % below;
      tried[kind] += 1;
      expect(await isAccepted(await tamper(kind, dice))).toBe(false);
    }),
    { numRuns: TAMPERINGS },
  );
  const counts = Object.values(tried);
  expect(counts.reduce((sum, count) => sum + count)).toBe(TAMPERINGS);
  expect(Math.min(...counts)).toBeGreaterThan(TAMPERINGS / KINDS.length / 2);
}, 600_000);
