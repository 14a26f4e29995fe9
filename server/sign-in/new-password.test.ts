// Which passwords are refused, and that the list of frequent ones is what it says it is.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ServiceError } from '../errors.ts';
import { assertFitPassword } from './new-password.ts';
import { hashPassword, isPassword } from './password.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

function faultOf(password: string): string | undefined {
  try {
    assertFitPassword(password, { pointer: '/password', names: ['Ana of the Lighthouses', 'ana@osec.example'] });
    return undefined;
  } catch (error) {
    return (error as ServiceError).detail;
  }
}

test('the list is the first 10,000 of where it says it is from', () => {
  const ranked = JSON.parse(read('../../node_modules/@zxcvbn-ts/language-common/src/passwords.json')) as string[];
  expect(read('frequent-passwords.txt').trimEnd().split('\n')).toEqual(ranked.slice(0, 10_000));
});

test('every frequent password is refused, whatever its case and also several times in a row', () => {
  const listed = read('frequent-passwords.txt').trimEnd().split('\n');
  expect(listed.filter((password) => faultOf(password) === undefined)).toEqual([]);
  const longOnes = listed.filter((password) => password.length >= 12);
  expect(longOnes.length).toBeGreaterThan(10);
  for (const password of [...longOnes, 'PasswordPassword', '123456123456', 'qwertyqwertyqwerty', 'aaaaaaaaaaaaaa'])
    expect(faultOf(password.toUpperCase()), password).toMatch(/10,000 most common/);
});

test('twelve characters are enough, of whatever kind', () => {
  expect(faultOf('elevenchars')).toMatch(/at least 12/);
  for (const password of ['twelve chars', 'zwölf zeichen', '灯台灯台の岩の上に七つあり。', '🗝️ 🗼 🌊 ⛵ 🐚 🦀 🪨'])
    expect(faultOf(password), password).toBeUndefined();
  expect(faultOf('x'.repeat(1025))).toMatch(/at most 1024/);
});

test('a refusal does not repeat what was typed', () => {
  expect(faultOf('zaq1zaq1')).not.toContain('zaq1');
});

test('one’s own name is no password', () => {
  expect(faultOf('ana of the lighthouses')).toMatch(/own name/);
  expect(faultOf('ANA@OSEC.EXAMPLE')).toMatch(/own name/);
});

test('a password is known by its hash in either form of Unicode, and another is not', async () => {
  const stored = await hashPassword('café sur le quai');
  expect(await hashPassword('café sur le quai')).not.toBe(stored);
  expect(await isPassword('cafe\u0301 sur le quai', stored)).toBe(true);
  expect(await isPassword('cafe sur le quai', stored)).toBe(false);
  expect(await isPassword('café sur le quai', null)).toBe(false);
});
