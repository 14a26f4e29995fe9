// Rules of what the browser says of a receipt: it holds only as a whole, and what breaks is named.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examineReceipt } from './receipt-steps.ts';
import { LEAVES, leafAt, receiptAt, SIZE, verifierKeys } from './test-log.ts';

async function examine(receipt: string, leaf: string | undefined = LEAVES[14]) {
  return examineReceipt({ receipt, leaf, verifierKeys: await verifierKeys(), witnessPolicy: null });
}

/** Its lines: header, extra, index, hashes …, empty, origin, size, root, empty, signature. */
const linesOf = async () => (await receiptAt(14)).split('\n');
const SIBLING = 3;
const rootLine = (lines: readonly string[]) => lines.indexOf('') + 3;

async function withLine(at: (lines: readonly string[]) => number, change: (line: string) => string): Promise<string> {
  const lines = await linesOf();
  return lines.with(at(lines), change(lines[at(lines)]!)).join('\n');
}

const flipped = (base64: string) => `${base64.startsWith('A') ? 'B' : 'A'}${base64.slice(1)}`;

test('every event of the log holds, with as many steps as its place asks for', async () => {
  for (let index = 0; index < SIZE; index += 1) {
    const { ok, broken, drawing, links } = await examine(await receiptAt(index), LEAVES[index]);
    expect({ ok, broken }, `leaf ${index}`).toEqual({ ok: true, broken: undefined });
    expect(Object.values(links)).not.toContain('breaks');
    expect(drawing?.computedRoot).toBe(drawing?.signedRoot);
    expect(drawing?.path.reduce((sum, { entries }) => sum + entries, 1)).toBe(SIZE);
  }
});

describe('what was tampered with is named', () => {
  test('an event that was shown otherwise than it was logged', async () => {
    expect(await examine(await receiptAt(14), leafAt(14, 99))).toMatchObject({ ok: false, broken: 'event' });
  });

  test('the receipt of another event', async () => {
    expect(await examine(await receiptAt(13))).toMatchObject({ ok: false, broken: 'event' });
  });

  test('a sibling on the way up: the root that comes out is not the signed one', async () => {
    const examined = await examine(await withLine(() => SIBLING, flipped));
    expect(examined).toMatchObject({ ok: false, broken: 'root', links: { event: 'holds', signature: 'holds' } });
    expect(examined.drawing?.computedRoot).not.toBe(examined.drawing?.signedRoot);
  });

  test('a sibling that is missing', async () => {
    const examined = await examine((await linesOf()).toSpliced(SIBLING, 1).join('\n'));
    expect(examined).toMatchObject({ ok: false, broken: 'path', links: { root: 'unreached' } });
  });

  test('a root that nobody signed', async () => {
    const examined = await examine(await withLine(rootLine, flipped));
    expect(examined).toMatchObject({ ok: false, broken: 'root', links: { signature: 'breaks' } });
  });

  test('a key that is not the log’s', async () => {
    const other = await verifierKeys({ name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(8) });
    const examined = await examineReceipt({
      receipt: await receiptAt(14),
      leaf: LEAVES[14],
      verifierKeys: other,
      witnessPolicy: null,
    });
    expect(examined).toMatchObject({ ok: false, broken: 'signature', links: { root: 'holds' } });
  });

  test('what is no receipt at all', async () => {
    expect(await examine('hello')).toMatchObject({ ok: false, broken: 'receipt', drawing: undefined });
    expect(await examine('')).toMatchObject({ ok: false, broken: 'receipt' });
  });
});

test('no receipt holds with any character changed', async () => {
  const receipt = await receiptAt(14);
  await fc.assert(
    fc.asyncProperty(fc.nat(receipt.length - 1), fc.constantFrom(...'AZaz09+/=-\n '), async (at, character) => {
      fc.pre(receipt[at] !== character);
      const { ok } = await examine(receipt.slice(0, at) + character + receipt.slice(at + 1));
      expect(ok).toBe(false);
    }),
  );
});
