// Rules of sealed ids: only the private key opens them, and no value can be moved, altered or compared.
import { beforeAll, expect, test } from 'vitest';
import {
  makeFileKey,
  makeSealingKeyPair,
  type OpenValue,
  openerOf,
  openFileKey,
  type SealedFileKey,
  type SealingKeyPair,
  type SealValue,
  sealerOf,
} from './sealed-id.ts';

const DIGEST = '509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a';
let keys: SealingKeyPair;
let sealed: SealedFileKey;
let seal: SealValue;
let open: OpenValue;

beforeAll(async () => {
  keys = await makeSealingKeyPair();
  const made = await makeFileKey(keys.publicKey);
  sealed = made.sealed;
  seal = await sealerOf(made.fileKey);
  open = await openerOf(await openFileKey(sealed, keys));
});

test('the holder of the private key opens what was sealed', () => {
  expect(open('meta@2026-06', seal('meta@2026-06', DIGEST))).toBe(DIGEST);
});

test('one digest sealed twice gives two values that cannot be compared', () => {
  expect(seal('meta@2026-06', DIGEST)).not.toBe(seal('meta@2026-06', DIGEST));
});

test('the text form is sealed1. and base64url of a 24-byte nonce and the ciphertext with its tag', () => {
  const text = seal('meta@2026-06', DIGEST);
  expect(text).toMatch(/^sealed1\.[A-Za-z0-9_-]+$/);
  expect(Buffer.from(text.slice(8), 'base64url')).toHaveLength(24 + 64 + 16);
});

test('a value cannot move to another profile', () => {
  expect(() => open('google@2026-06', seal('meta@2026-06', DIGEST))).toThrow(
    expect.objectContaining({ code: 'sealed_value_forged' }),
  );
});

test('any flipped bit is noticed', () => {
  const bytes = Buffer.from(seal('meta@2026-06', DIGEST).slice(8), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 7) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => open('meta@2026-06', `sealed1.${flipped.toString('base64url')}`)).toThrow(
      expect.objectContaining({ code: 'sealed_value_forged' }),
    );
  }
});

test.each(['', 'sealed1.', 'sealed1.AAAA', 'sealed2.AAAA', 'sealed1.!!!!', DIGEST])('%j is no sealed value', (text) => {
  expect(() => open('meta@2026-06', text)).toThrow(expect.objectContaining({ code: 'sealed_value_malformed' }));
});

test('another private key does not open the file key', async () => {
  const other = await makeSealingKeyPair();
  await expect(openFileKey(sealed, other)).rejects.toMatchObject({ code: 'file_key_foreign' });
  await expect(openFileKey({ ...sealed, sealedFileKey: '!' }, keys)).rejects.toMatchObject({
    code: 'file_key_malformed',
  });
});
