// Rules of offline verification: what was logged verifies on a laptop, and nothing else does.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { type AuditEvent, leafOf } from './event.ts';
import { consistencyProof, inclusionProof, leafHash, treeHash } from './merkle.ts';
import { verifierKeyOf, verifierKeyText } from './note-key.ts';
import { formatProof, parseProof } from './proof.ts';
import { cosignatureLine } from './signed-note.ts';
import { TICKS } from './ticks.ts';
import { verifyConsistencyBetween, verifyLog, verifyReceipt } from './verify.ts';

const LOG = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };
const WITNESS = { name: 'witness.example/w1', secretKey: new Uint8Array(32).fill(9), timestampSeconds: 1_700_000_000n };
const SIZE = 21;

const eventAt = (i: number): AuditEvent => ({
  id: `evt_${String(i).padStart(26, '0')}`,
  instant: new Date(Date.UTC(2026, 6, 1, i)).toISOString(),
  tenantId: null,
  actor: { kind: 'service', id: 'ecluse' },
  event: i % 7 === 0 ? 'delivery.completed' : 'audit-log.heartbeat',
  outcome: 'succeeded',
  subject: { kind: 'delivery', id: `dlv_${i}` },
  detail: { added: i },
});
const EVENTS = Array.from({ length: SIZE }, (_, i) => eventAt(i));
const ENTRIES = EVENTS.map(leafOf);
const HASHES = ENTRIES.map(leafHash);

const checkpointAt = (size: number): Promise<string> =>
  signCheckpoint({ origin: LOG.name, size, root: treeHash(HASHES.slice(0, size)) }, [LOG]);

let verifierKeys: string[];
let receipt: string;
beforeAll(async () => {
  const keys = [await verifierKeyOf(LOG), await verifierKeyOf(WITNESS, 'cosignature')];
  verifierKeys = keys.map(verifierKeyText);
  const proof = inclusionProof(HASHES, 14);
  receipt = formatProof({ extra: ENTRIES[14]!, index: 14, proof, checkpoint: await checkpointAt(SIZE) });
});

describe('a receipt', () => {
  test('verifies from note to event, and says beside each tick what it does not prove', async () => {
    const verification = await verifyReceipt({ receipt, verifierKeys });
    expect(verification).toMatchObject({ ok: true, index: 14, event: EVENTS[14] });
    expect(verification.ticks.map(({ name }) => name)).toEqual(['signature', 'inclusion', 'event']);
    for (const tick of verification.ticks) expect(tick.doesNotProve).toBe(TICKS[tick.name].doesNotProve);
  });

  test('verifies with the event given, and fails with another one', async () => {
    expect(await verifyReceipt({ receipt, verifierKeys, event: EVENTS[14]! })).toMatchObject({ ok: true });
    const other = await verifyReceipt({ receipt, verifierKeys, event: EVENTS[13]! });
    expect(other).toMatchObject({ ok: false, ticks: [{ name: 'signature' }, { name: 'event', ok: false }] });
  });

  test('shows a witness’s cosignature with its time', async () => {
    const text = `${parseProof(receipt).checkpoint.split('\n\n')[0]}\n`;
    const cosigned = receipt + (await cosignatureLine(text, WITNESS));
    const { ok, ticks } = await verifyReceipt({ receipt: cosigned, verifierKeys });
    expect(ok).toBe(true);
    expect(ticks[1]).toMatchObject({ name: 'cosignature', detail: 'witness.example/w1 at 2023-11-14T22:13:20.000Z' });
  });

  test('fails with any bit flipped', async () => {
    const bytes = new TextEncoder().encode(receipt);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const copy = Uint8Array.from(bytes);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        const verification = await verifyReceipt({ receipt: new TextDecoder().decode(copy), verifierKeys });
        return !verification.ok && verification.event === undefined;
      }),
      { numRuns: 500 },
    );
  });

  test('fails under another log’s key, and a broken key is the caller’s mistake', async () => {
    const stranger = verifierKeyText(await verifierKeyOf({ ...LOG, secretKey: new Uint8Array(32).fill(8) }));
    expect(await verifyReceipt({ receipt, verifierKeys: [stranger] })).toMatchObject({ ok: false });
    await expect(verifyReceipt({ receipt, verifierKeys: ['nonsense'] })).rejects.toMatchObject({
      code: 'key_malformed',
    });
  });

  test('is read strictly', () => {
    const lines = receipt.split('\n');
    for (const broken of [
      receipt.replaceAll('\n', '\r\n'),
      receipt.replace('@v1', '@v2'),
      receipt.replace('index 14', 'index 014'),
      receipt.replace('index 14', 'index -1'),
      receipt.replace('index 14\n', ''),
      receipt.replace('index 14', 'size 21\nindex 14'),
      receipt.replace('\nindex', '\nextra AAAA\nindex'),
      receipt.replace(lines[1]!, 'extra '),
      receipt.replace(lines[3]!, `${lines[3]} `),
      receipt.replace(lines[3]!, 'AAAA'),
      receipt.split('\n\n')[0]!,
      '',
    ])
      expect(() => parseProof(broken)).toThrow(/not a tlog-proof/);
    expect(formatProof(parseProof(receipt))).toBe(receipt);
  });
});

describe('two checkpoints', () => {
  test('of one log are consistent, with hashes or their lines', async () => {
    const [oldCheckpoint, newCheckpoint] = [await checkpointAt(9), await checkpointAt(SIZE)];
    const proof = consistencyProof(HASHES, 9);
    const lines = proof.map((hash) => Buffer.from(hash).toString('base64'));
    for (const given of [proof, lines])
      expect(
        await verifyConsistencyBetween({ oldCheckpoint, newCheckpoint, proof: given, verifierKeys }),
      ).toMatchObject({ ok: true, ticks: [{ name: 'signature' }, { name: 'signature' }, { name: 'consistency' }] });
  });

  test('of a rewritten log are not, nor is a shrunken log', async () => {
    const rewritten = await signCheckpoint({ origin: LOG.name, size: 9, root: treeHash(HASHES.slice(1, 10)) }, [LOG]);
    const [older, newer] = [await checkpointAt(9), await checkpointAt(SIZE)];
    const proof = consistencyProof(HASHES, 9);
    for (const [oldCheckpoint, newCheckpoint] of [
      [rewritten, newer],
      [newer, older],
    ] as const)
      expect(await verifyConsistencyBetween({ oldCheckpoint, newCheckpoint, proof, verifierKeys })).toMatchObject({
        ok: false,
        ticks: [{ ok: true }, { ok: true }, { name: 'consistency', ok: false }],
      });
  });
});

describe('the whole log', () => {
  test('verifies against its checkpoint and the ones kept, and lists silences', async () => {
    const keptCheckpoints = await Promise.all([0, 1, 9, SIZE].map(checkpointAt));
    const checkpoint = await checkpointAt(SIZE);
    const log = await verifyLog({ entries: ENTRIES, checkpoint, keptCheckpoints, verifierKeys });
    expect(log).toMatchObject({ ok: true, silences: [] });
    expect(log.ticks.filter(({ name }) => name === 'consistency')).toHaveLength(4);
    const strict = await verifyLog({ entries: ENTRIES, checkpoint, verifierKeys, silenceMs: 1000 });
    expect(strict.silences).toHaveLength(SIZE - 1);
  });

  test.each<[string, Uint8Array[]]>([
    ['an entry changed', ENTRIES.with(3, leafOf({ ...EVENTS[3]!, detail: { added: 99 } }))],
    ['an entry left out', ENTRIES.toSpliced(3, 1)],
    ['two entries swapped', ENTRIES.with(3, ENTRIES[4]!).with(4, ENTRIES[3]!)],
    ['the end cut off', ENTRIES.slice(0, -1)],
    ['an entry added', [...ENTRIES, ENTRIES[0]!]],
    ['an entry that is no event', ENTRIES.with(3, new Uint8Array(3))],
  ])('fails with %s', async (_name, entries) => {
    const log = await verifyLog({ entries, checkpoint: await checkpointAt(SIZE), verifierKeys });
    expect(log.ok).toBe(false);
    expect(log.ticks.at(-1)!.ok).toBe(false);
  });

  test('fails where it differs from a checkpoint kept, though the newest one fits', async () => {
    const kept = await signCheckpoint({ origin: LOG.name, size: 9, root: treeHash(HASHES.slice(1, 10)) }, [LOG]);
    const checkpoint = await checkpointAt(SIZE);
    const log = await verifyLog({ entries: ENTRIES, checkpoint, keptCheckpoints: [kept], verifierKeys });
    expect(log.ticks.at(-1)).toMatchObject({ name: 'consistency', ok: false });
  });
});
