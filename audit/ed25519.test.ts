// Rules of the two ways to verify Ed25519: one verdict, and neither believes what nobody signed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findHex } from './bytes.ts';
import { publicKeyOf, signEd25519, verifyEd25519 } from './ed25519.ts';
import { verifyInBrowser } from './ed25519-browser.ts';

const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

async function verdicts(signed: { message: Uint8Array; signature: Uint8Array; publicKey: Uint8Array }) {
  return [await verifyEd25519(signed), await verifyInBrowser(signed)];
}

test('RFC 8032 section 7.1, test 3', async () => {
  const secretKey = findHex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7')!;
  const publicKey = findHex('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025')!;
  const signature = findHex(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  )!;
  const message = findHex('af82')!;
  expect(await publicKeyOf(secretKey)).toEqual(publicKey);
  expect(await signEd25519({ message, secretKey })).toEqual(signature);
  expect(await verdicts({ message, signature, publicKey })).toEqual([true, true]);
});

test('a signature verifies in both, and with any bit flipped in neither', async () => {
  await fc.assert(
    fc.asyncProperty(seed, fc.uint8Array(), fc.nat(511), async (secretKey, message, bit) => {
      const publicKey = await publicKeyOf(secretKey);
      const signature = await signEd25519({ message, secretKey });
      expect(await verdicts({ message, signature, publicKey })).toEqual([true, true]);
      const flipped = signature.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(await verdicts({ message, signature: flipped, publicKey })).toEqual([false, false]);
    }),
    { numRuns: 50 },
  );
});

describe('what a lenient verifier would accept', () => {
  const message = new TextEncoder().encode('nobody signed this');
  // With A of order 1, S = 0 and R = A, the equation S·B = R + k·A holds for every message.
  const points = {
    'order 1': '0100000000000000000000000000000000000000000000000000000000000000',
    'order 2': 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'order 4': '0000000000000000000000000000000000000000000000000000000000000000',
    'order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'order 8, the other': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'order 1, not canonical': 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  };
  test.each(Object.entries(points))('a key of %s', async (_, hex) => {
    const publicKey = findHex(hex)!;
    const signature = new Uint8Array(64);
    signature.set(publicKey);
    expect(await verdicts({ message, signature, publicKey })).toEqual([false, false]);
  });

  test('S with the order of the group added', async () => {
    const secretKey = new Uint8Array(32).fill(7);
    const publicKey = await publicKeyOf(secretKey);
    const signature = await signEd25519({ message, secretKey });
    const s = signature.subarray(32).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n) + ORDER;
    for (let i = 0; i < 32; i += 1) signature[32 + i] = Number((s >> BigInt(8 * i)) & 0xffn);
    expect(await verdicts({ message, signature, publicKey })).toEqual([false, false]);
  });
});
