// Rules of what the browser remembers of the log: it grows or stands, and anything else is shown and never forgotten.
import { expect, test } from 'vitest';
import { compareWithKept, type KeptCheckpoint, keep, mayKeep, readKept } from './kept-checkpoint.ts';
import { checkpointOf, consistencyLines, LEAVES, leafAt, verifierKeys } from './test-log.ts';

const keptAt = '2026-07-01T08:00:00.000Z';
const keptOf = async (leaves: readonly string[]): Promise<KeptCheckpoint> => ({
  note: await checkpointOf(leaves),
  verifierKeys: await verifierKeys(),
  keptAt,
});

/** `shown` is what the log claims to be now. */
async function compare(kept: readonly string[] | undefined, shown: readonly string[]) {
  return compareWithKept(
    kept && (await keptOf(kept)),
    { note: await checkpointOf(shown), verifierKeys: await verifierKeys() },
    async ({ oldSize }) => consistencyLines(shown, oldSize),
  );
}

test('the first visit keeps what it is shown', async () => {
  const since = await compare(undefined, LEAVES);
  expect(since).toEqual({ verdict: 'first-visit', size: LEAVES.length });
  expect(mayKeep(since)).toBe(true);
});

test('a log that grew is consistent with every beginning of it', async () => {
  for (let size = 1; size < LEAVES.length; size += 1) {
    const since = await compare(LEAVES.slice(0, size), LEAVES);
    expect(since).toEqual({ verdict: 'consistent', oldSize: size, size: LEAVES.length, keptAt });
    expect(mayKeep(since)).toBe(true);
  }
  expect(await compare(LEAVES, LEAVES)).toEqual({ verdict: 'unchanged', size: LEAVES.length });
});

test('a log whose past was changed is shown as changed, whatever proof it gives', async () => {
  const changed = LEAVES.map((leaf, i) => (i === 3 ? leafAt(3, 99) : leaf));
  const since = await compare(LEAVES.slice(0, 10), changed);
  expect(since).toEqual({ verdict: 'inconsistent', why: 'changed', keptAt });
  expect(mayKeep(since)).toBe(false);
  expect(await compare(LEAVES, changed)).toMatchObject({ verdict: 'inconsistent', why: 'changed' });
});

test('a log that became shorter is not the same log', async () => {
  expect(await compare(LEAVES, LEAVES.slice(0, 20))).toMatchObject({ verdict: 'inconsistent', why: 'shorter' });
});

test('a checkpoint that the log’s key did not sign is believed by nobody', async () => {
  const signer = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(8) };
  const now = { note: await checkpointOf(LEAVES, signer), verifierKeys: await verifierKeys() };
  expect(await compareWithKept(await keptOf(LEAVES), now, async () => [])).toMatchObject({ why: 'signature' });
});

test('a new key of the same name does not explain what was kept under the old one', async () => {
  const signer = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(8) };
  const now = { note: await checkpointOf(LEAVES, signer), verifierKeys: await verifierKeys(signer) };
  const since = await compareWithKept(await keptOf(LEAVES.slice(0, 10)), now, async () => consistencyLines(LEAVES, 10));
  expect(since).toMatchObject({ verdict: 'inconsistent' });
});

test('a log under another name is told as such, and what was kept stays', async () => {
  const signer = { name: 'ecluse.example/log~2', secretKey: new Uint8Array(32).fill(7) };
  const now = { note: await checkpointOf(LEAVES, signer), verifierKeys: await verifierKeys(signer) };
  const since = await compareWithKept(await keptOf(LEAVES), now, async () => []);
  expect(since).toMatchObject({ verdict: 'renamed', from: 'ecluse.example/log', to: 'ecluse.example/log~2' });
  expect(mayKeep(since)).toBe(false);
});

test('what is kept is read back', async () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  };
  expect(readKept(storage)).toBeUndefined();
  const kept = await keptOf(LEAVES);
  keep(storage, kept);
  expect(readKept(storage)).toEqual(kept);
});
