// Rules of reading the policy: strict is only what names nobody else.
import { expect, test } from 'vitest';
import { policyOf } from './sent-policy.ts';

const STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'";

test('a policy that names this service alone is strict, and reads directive by directive', () => {
  const { directives, isStrict } = policyOf(STRICT);
  expect(isStrict).toBe(true);
  expect(directives.get('connect-src')).toBe("'self'");
});

test.each([
  ['connections elsewhere', STRICT.replace("connect-src 'self'", "connect-src 'self' https://x.example")],
  ['inline scripts', STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")],
  ['everything not named', STRICT.replace("default-src 'none'; ", '')],
  ['workers from anywhere', STRICT.replace("worker-src 'self'", 'worker-src blob:')],
])('a policy that allows %s is not', (_, text) => {
  expect(policyOf(text).isStrict).toBe(false);
});

test('the first of two equal directives counts, as browsers read it', () => {
  expect(policyOf(`connect-src https://x.example; ${STRICT}`).isStrict).toBe(false);
});
