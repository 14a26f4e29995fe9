// Rules of offline verification on the command line: only given keys are trusted, and a file that proves nothing exits with 1.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signCheckpoint } from '../../audit/checkpoint.ts';
import { type AuditEvent, leafOf } from '../../audit/event.ts';
import { consistencyProof, inclusionProof, leafHash, treeHash } from '../../audit/merkle.ts';
import { verifierKeyOf, verifierKeyText } from '../../audit/note-key.ts';
import { formatProof } from '../../audit/proof.ts';
import { verifyCommand } from './verify.ts';

const LOG = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };
const OTHER = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(8) };
const EVENTS = Array.from(
  { length: 9 },
  (_, at): AuditEvent => ({
    id: `evt_${String(at).padStart(26, '0')}`,
    instant: new Date(Date.UTC(2026, 6, 1, at)).toISOString(),
    tenantId: null,
    actor: { kind: 'service', id: 'ecluse' },
    event: 'delivery.completed',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: `dlv_${at}` },
    detail: { added: at },
  }),
);
const LEAVES = EVENTS.map(leafOf);
const HASHES = LEAVES.map(leafHash);

const folder = mkdtempSync(join(tmpdir(), 'ecluse-verify-'));
const at = (name: string): string => join(folder, name);
let key: string[];

beforeAll(async () => {
  key = [verifierKeyText(await verifierKeyOf(LOG))];
  const note = (size: number) =>
    signCheckpoint({ origin: LOG.name, size, root: treeHash(HASHES.slice(0, size)) }, [LOG]);
  const [older, newer] = [await note(4), await note(9)];
  writeFileSync(at('older'), older);
  writeFileSync(at('newer'), newer);
  writeFileSync(at('other'), await signCheckpoint({ origin: LOG.name, size: 9, root: treeHash(HASHES) }, [OTHER]));
  const proof = consistencyProof(HASHES, 4).map((hash) => Buffer.from(hash).toString('base64'));
  writeFileSync(at('proof'), `${proof.join('\n')}\n`);
  writeFileSync(
    at('receipt'),
    formatProof({ extra: LEAVES[5]!, index: 5, proof: inclusionProof(HASHES, 5), checkpoint: newer }),
  );
  writeFileSync(at('event.json'), JSON.stringify(EVENTS[5]));
  writeFileSync(at('foreign.json'), JSON.stringify(EVENTS[6]));
  writeFileSync(at('keys'), `${key[0]}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['receipt', {}, 'receipt'],
  ['receipt', { event: 'event.json' }, 'receipt'],
  ['newer', {}, 'checkpoint'],
  ['newer', { since: 'older', proof: 'proof' }, 'consistency'],
])('%s with %j verifies as a %s and says what that does not prove', async (file, given, kind) => {
  const options = Object.fromEntries(Object.entries(given).map(([name, path]) => [name, at(path)]));
  const made = await verifyCommand(at(file), { key, ...options });
  expect(made).toMatchObject({ exitCode: 0, result: { kind, verified: true } });
  expect(made.text).toContain('does not prove');
});

test.each([
  ['a receipt of another event', 'receipt', { event: 'foreign.json' }],
  ['a checkpoint signed by another key', 'other', {}],
  ['a consistency proof that is none', 'newer', { since: 'older', proof: 'event.json' }],
  ['a text that is no checkpoint', 'event.json', {}],
])('%s exits with 1', async (_, file, given) => {
  const options = Object.fromEntries(Object.entries(given).map(([name, path]) => [name, at(path)]));
  expect(await verifyCommand(at(file), { key, ...options })).toMatchObject({
    exitCode: 1,
    result: { verified: false },
  });
});

test('keys come from a file too, and without one nothing is trusted', async () => {
  expect(await verifyCommand(at('receipt'), { key: [], keyFile: at('keys') })).toMatchObject({ exitCode: 0 });
  await expect(verifyCommand(at('receipt'), { key: [] })).rejects.toMatchObject({ exitCode: 2 });
  await expect(verifyCommand(at('receipt'), { key: ['nonsense'] })).rejects.toMatchObject({ code: 'key_invalid' });
  await expect(verifyCommand(at('absent'), { key })).rejects.toMatchObject({ code: 'file_unreadable' });
});
