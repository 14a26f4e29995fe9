// A witness answers as c2sp.org/tlog-witness says, case by case, and the framing of cosignatures is that of the published example.
import { beforeAll, describe, expect, test } from 'vitest';
import { findBase64, hexOf } from './bytes.ts';
import { type Checkpoint, checkpointText, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { consistencyProof, EMPTY_ROOT, leafHash, treeHash } from './merkle.ts';
import { type VerifierKey, verifierKeyOf } from './note-key.ts';
import { parseNote, signNote } from './signed-note.ts';
import { considerCheckpoint } from './witness.ts';
import { formatAddCheckpoint, parseAddCheckpoint } from './witness-request.ts';

const LOG = { name: 'log.example', secretKey: new Uint8Array(32).fill(7) };
const OTHER = { name: 'log.example', secretKey: new Uint8Array(32).fill(8) };
const WITNESS = { name: 'w.example', secretKey: new Uint8Array(32).fill(9), timestampSeconds: 1_700_000_000n };
const LEAVES = Array.from({ length: 12 }, (_, i) => leafHash(Uint8Array.of(i)));
const FORK = LEAVES.map((hash, i) => (i === 2 ? leafHash(Uint8Array.of(99)) : hash));
let logKeys: VerifierKey[];
beforeAll(async () => {
  logKeys = [await verifierKeyOf(LOG)];
});

const note = (size: number, leaves = LEAVES, by = LOG) =>
  signCheckpoint({ origin: LOG.name, size, root: treeHash(leaves.slice(0, size)) }, [by]);
const seen = (size: number): Checkpoint => ({
  origin: LOG.name,
  size,
  root: treeHash(LEAVES.slice(0, size)),
  extensions: [],
});
const proof = (from: number, to: number, leaves = LEAVES) => consistencyProof(leaves.slice(0, to), from);

async function ask(of: {
  old: number;
  size: number;
  latest?: Checkpoint | undefined;
  proof?: Uint8Array[];
  note?: string;
  known?: boolean;
}) {
  const request = { oldSize: of.old, proof: of.proof ?? [], checkpoint: of.note ?? (await note(of.size)) };
  const parsed = parseAddCheckpoint(formatAddCheckpoint(request));
  return considerCheckpoint(parsed, { logKeys: of.known === false ? [] : logKeys, latest: of.latest }, WITNESS);
}

describe('add-checkpoint', () => {
  test('200: the first of a log, a grown one, and the same again', async () => {
    expect(await ask({ old: 0, size: 5 })).toMatchObject({ status: 200 });
    expect(await ask({ old: 5, size: 9, latest: seen(5), proof: proof(5, 9) })).toMatchObject({ status: 200 });
    expect(await ask({ old: 9, size: 9, latest: seen(9) })).toMatchObject({ status: 200 });
    expect(await ask({ old: 0, size: 0 })).toMatchObject({ status: 200 });
  });

  test('what it answers and stores is the log’s note under its own cosignature, with the time', async () => {
    const verdict = await ask({ old: 0, size: 5 });
    if (verdict.status !== 200) throw new Error('not cosigned');
    const witnessKey = await verifierKeyOf(WITNESS, 'cosignature');
    const opened = await openCheckpoint(verdict.stored, { verifierKeys: [...logKeys, witnessKey] });
    expect(opened.cosignedBy).toMatchObject([{ key: witnessKey, timestampSeconds: 1_700_000_000n }]);
    expect(verdict.stored).toBe(`${await note(5)}${verdict.cosignature}`);
  });

  test('400: an old size above the checkpoint', async () => {
    expect(await ask({ old: 6, size: 5, latest: seen(6) })).toMatchObject({ status: 400 });
  });

  test('403: no signature by the log, or one of its key that is wrong', async () => {
    expect(await ask({ old: 0, size: 5, note: await note(5, LEAVES, OTHER) })).toMatchObject({ status: 403 });
    const signed = await note(5);
    const broken = signed.replace(/.{8}\n$/, (end) => `${end.startsWith('AAAA') ? 'BBBB' : 'AAAA'}${end.slice(4)}`);
    expect(await ask({ old: 0, size: 5, note: broken })).toMatchObject({ status: 403 });
  });

  test('an unknown signature beside the log’s is ignored and not stored', async () => {
    const text = checkpointText(seen(5));
    const both = await signNote(text, [{ ...OTHER, name: 'someone.example' }, LOG]);
    expect(await ask({ old: 0, size: 5, note: both })).toMatchObject({ status: 200 });
    const verdict = await ask({ old: 0, size: 5, note: both });
    expect(verdict.status === 200 && parseNote(verdict.stored).signatures.map(({ name }) => name)).toEqual([
      'log.example',
      'w.example',
    ]);
  });

  test('404: a log it does not know', async () => {
    expect(await ask({ old: 0, size: 5, known: false })).toMatchObject({ status: 404 });
  });

  test('409 with its size: an old size that is not the one it cosigned, a smaller tree among them', async () => {
    expect(await ask({ old: 0, size: 9, latest: seen(5) })).toEqual({ status: 409, size: 5 });
    expect(await ask({ old: 4, size: 9, latest: seen(5), proof: proof(4, 9) })).toEqual({ status: 409, size: 5 });
    expect(await ask({ old: 3, size: 3, latest: seen(5) })).toEqual({ status: 409, size: 5 });
    expect(await ask({ old: 2, size: 5 })).toEqual({ status: 409, size: 0 });
  });

  test('422: a proof that does not verify, one where none is due, another root of the same size', async () => {
    expect(await ask({ old: 5, size: 9, latest: seen(5), proof: proof(4, 9) })).toMatchObject({ status: 422 });
    expect(await ask({ old: 5, size: 9, latest: seen(5) })).toMatchObject({ status: 422 });
    expect(await ask({ old: 0, size: 9, proof: proof(5, 9) })).toMatchObject({ status: 422 });
    const forked = { latest: seen(5), note: await note(9, FORK), proof: proof(5, 9, FORK) };
    expect(await ask({ old: 5, size: 9, ...forked })).toMatchObject({ status: 422 });
    expect(await ask({ old: 5, size: 5, latest: seen(5), note: await note(5, FORK) })).toMatchObject({ status: 422 });
    const empty = await signCheckpoint({ origin: LOG.name, size: 0, root: LEAVES[0]! }, [LOG]);
    expect(await ask({ old: 0, size: 0, note: empty })).toMatchObject({ status: 422 });
    expect(EMPTY_ROOT).toHaveLength(32);
  });
});

test.each([
  ['no empty line', 'old 5\nabc'],
  ['no old size', '\n\nnote'],
  ['a leading zero', 'old 05\n\nnote'],
  ['a negative size', 'old -1\n\nnote'],
  ['a hash too short', 'old 5\nAAAA\n\nnote'],
  ['64 hashes', `old 5\n${`${'A'.repeat(43)}=\n`.repeat(64)}\nnote`],
])('a request with %s is malformed', (_, body) => {
  expect(() => parseAddCheckpoint(body)).toThrow(/not an? /);
});

describe('the published examples', () => {
  test('tlog-witness: the request has its sizes, its four hashes, and a note of two signatures', () => {
    const request = parseAddCheckpoint(`old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`);
    expect([request.oldSize, request.proof.length]).toEqual([20852014, 4]);
    const { text, signatures } = parseNote(request.checkpoint);
    expect(parseCheckpoint(text)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(signatures).toHaveLength(2);
  });

  // The specification publishes no keys for its example, so its framing is what can be checked.
  test('tlog-cosignature: key id, the time that its signed message shows, and 64 bytes', () => {
    const encoded =
      'jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==';
    const { text, signatures } = parseNote(`example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 ${encoded}
`);
    const { name, keyId, signature } = signatures[1]!;
    expect([name, hexOf(keyId), signature.length]).toEqual(['witness.example.com/w1', '8d66cf3f', 72]);
    expect(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0)).toBe(1679315147n);
    expect(parseCheckpoint(text).root).toEqual(findBase64('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='));
  });
});
